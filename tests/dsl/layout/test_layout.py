"""Laying out rule files: one layout for all, nothing lost, nothing changed."""

from textwrap import dedent

import pytest

from tallystick.dsl.layout.layout import lay_out
from tallystick.dsl.layout.scalars import WIDTH_MAX
from tallystick.dsl.problems import RuleTextError


def check_layout(before: str, after: str) -> None:
    """One text becomes the other, which stays as it is."""
    before, after = dedent(before).lstrip("\n"), dedent(after).lstrip("\n")
    assert lay_out(before) == after
    assert lay_out(after) == after


def test_sections_and_keys_get_their_order() -> None:
    check_layout(
        """
        promotions:
          b:
            limits: {per_day: 1, total: 2}
            then: {on: x, percent_off: 5%}
            when: [x]
            name: B
          a: {then: {quantity: 1, gift: {quantity: 1, sku: M}}, enabled: false}
        define: {x: sku == "A"}
        ruleset:
          timezone: UTC
          currency: USD
        """,
        """
        ruleset:
          currency: USD
          timezone: UTC

        define: {x: sku == "A"}

        promotions:
          b:
            name: B
            when: [x]
            then: {percent_off: 5%, on: x}
            limits: {total: 2, per_day: 1}

          a: {enabled: false, then: {gift: {sku: M, quantity: 1}, quantity: 1}}
        """,
    )


def test_authors_choose_the_order_of_names_and_of_cart_fields() -> None:
    text = """
    define:
      zebra: sku == "Z"
      apple: sku == "A"

    tests:
      second:
        cart: {lines: [], currency: USD}

      first:
        cart: {currency: USD}
    """
    check_layout(text, text)


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("{percent_off: 20 %}", "{percent_off: 20%}"),
        ("{percent_off: 12.500%}", "{percent_off: 12.5%}"),
        ("{percent_off: '0.0625%'}", "{percent_off: 0.0625%}"),
        ("{amount_off: 50.00 USD}", "{amount_off: 50 USD}"),
        ("{amount_off: 050.5 USD}", "{amount_off: 50.50 USD}"),
        ("{amount_off: 1.125 KWD}", "{amount_off: 1.125 KWD}"),
        ("{free_shipping:   {}}", "{free_shipping: {}}"),
        ("{percent_off: 5%, on: (sku=='A')}", '{percent_off: 5%, on: sku == "A"}'),
        ("{percent_off: 5%, on: 'sku in [\"A\"]'}", "{percent_off: 5%, on: 'sku in [\"A\"]'}"),
    ],
)
def test_values_get_their_one_spelling(written: str, spelled: str) -> None:
    check_layout(
        f"promotions:\n  a:\n    then: {written}\n", f"promotions:\n  a:\n    then: {spelled}\n"
    )


def test_stages_get_names_and_windows_lose_blanks() -> None:
    check_layout(
        """
        promotions:
          a:
            stage: 300
            active: 2026-01-01 .. 2026-02-01
            when:
              - hours:  17:00 .. 19:00
        """,
        """
        promotions:
          a:
            stage: shipping
            active: 2026-01-01..2026-02-01
            when:
              - hours: 17:00..19:00
        """,
    )


@pytest.mark.parametrize(
    "text", ["NO", "on", "1:30", "0123", "1.10", "~", "null", "1e3", '"0123"', "2026-01-31"]
)
def test_texts_stay_what_they_are(text: str) -> None:
    source = f"promotions:\n  {text}:\n    name: {text}\n    coupons: [{text}]\n"
    assert lay_out(source) == source


def test_expressions_are_quoted_only_where_yaml_asks_for_it() -> None:
    check_layout(
        """
        define:
          a: 'sku == "A"'
          b: '"x" in tags'
          c: {x: "y"}
        promotions:
          p:
            when:
              - "cart.subtotal >= 5 USD"
              - 'cart.channel in ["web", "app"]'
            then: {percent_off: 5%, on: "quantity > 2"}
          q:
            when: ["cart.subtotal >= 5 USD", "default(customer.orders, 0) >= 3"]
        """,
        """
        define:
          a: sku == "A"
          b: '"x" in tags'
          c: {x: "y"}

        promotions:
          p:
            when:
              - cart.subtotal >= 5 USD
              - cart.channel in ["web", "app"]
            then: {percent_off: 5%, on: quantity > 2}

          q:
            when: [cart.subtotal >= 5 USD, 'default(customer.orders, 0) >= 3']
        """,
    )


def test_an_expression_with_a_comment_beside_it_is_quoted() -> None:
    check_layout(
        """
        promotions:
          p:
            when:
              - "a"   # why
        """,
        """
        promotions:
          p:
            when:
              - 'a'  # why
        """,
    )


def test_long_expressions_fold_before_and_and_or() -> None:
    groups = '"first-group", "second-group", "third-group", "fourth-group"'
    check_layout(
        f"""
        promotions:
          p:
            when:
              - 'customer.groups has any [{groups}] and cart.subtotal >= 5 USD or cart.quantity > 3'
        """,
        f"""
        promotions:
          p:
            when:
              - >-
                customer.groups has any [{groups}]
                and cart.subtotal >= 5 USD or cart.quantity > 3
        """,
    )


def test_blanks_inside_a_text_survive_folding() -> None:
    words = "a  b " * 30
    source = f"define:\n  x: 'sku == \"{words}\"'\n"
    laid_out = lay_out(source)
    assert all(len(line) <= WIDTH_MAX for line in laid_out.splitlines())
    assert words in " ".join(line.strip() for line in laid_out.splitlines())


def test_brackets_open_when_they_do_not_fit_or_hold_a_comment() -> None:
    long = [
        "a-sku-with-a-name-of-thirty-letters",
        "another-sku-with-a-longer-name",
        "and-one-that-is-no-shorter-at-all",
    ]
    check_layout(
        f"""
        define:
          long: [{", ".join(long)}, x]
          short: [
            A,
            B]
          told: [A, # the first
                 B]
        """,
        f"""
        define:
          long:
            - {long[0]}
            - {long[1]}
            - {long[2]}
            - x
          short: [A, B]
          told:
            - A  # the first
            - B
        """,
    )


def test_comments_travel_with_what_they_speak_of() -> None:
    check_layout(
        """
        # Our shop

        # every promotion
        promotions:
          # the first
          first:
            # what it gives
            then: {percent_off: 5%} # five
            # said on the receipt
            name: First   # short

            # end of first
          # the second

          # more about it
          second: {}
          # end of promotions
        # sets
        define: # names
          x: sku == "A"
        # the end
        """,
        """
        # Our shop

        # sets
        define:  # names
          x: sku == "A"

        # every promotion
        promotions:
          # the first
          first:
            # said on the receipt
            name: First  # short
            # what it gives
            then: {percent_off: 5%}  # five
            # end of first

          # the second

          # more about it
          second: {}
          # end of promotions
        # the end
        """,
    )


def test_comments_in_odd_places_are_kept() -> None:
    check_layout(
        """
        --- # document
        promotions:
          p:
            when:
              # inside
              - # dash
                if: x # beside
                enforcement: deny_invalid_for_order
            description: | # block
              text # no comment
            name:
              # waiting
              N
            coupons: [ # open
              # only
            ] # close
        """.replace("if: x #", 'if: "x" #'),
        """
        # document
        promotions:
          p:
            # waiting
            name: N
            # block
            description: |
              text # no comment
            # only
            # open
            # close
            coupons: []
            when:
              # inside
              # dash
              - if: 'x'  # beside
                enforcement: deny_invalid_for_order
        """,
    )


def test_block_texts_keep_their_lines() -> None:
    check_layout(
        """
        promotions:
          p:
              description: >
                    first
                    second

                      deeper


              name: |4-
                      deep
                    N
        """,
        """
        promotions:
          p:
            name: |2-
                  deep
                N
            description: >
              first
              second

                deeper
        """,
    )


def test_a_block_text_at_the_very_end_gains_no_line() -> None:
    source = "promotions:\n  p:\n    description: |\n      text"
    assert lay_out(source) == "promotions:\n  p:\n    description: |-\n      text\n"


def test_gaps_are_one_line_and_only_where_they_belong() -> None:
    check_layout(
        """


        define:

          a: sku == "A"


          b: sku == "B"
        promotions:
          p:
            name: P

            then: {percent_off: 5%}
          q: {}
        """,
        """
        define:
          a: sku == "A"

          b: sku == "B"

        promotions:
          p:
            name: P
            then: {percent_off: 5%}

          q: {}
        """,
    )


def test_empty_files_and_windows_line_ends() -> None:
    assert lay_out("") == ""
    assert lay_out("# nothing\r\n") == "# nothing\n"
    assert lay_out("\ufeffdefine:\r\n  a: x\r\n") == "define:\n  a: x\n"


def test_json_is_laid_out_as_blocks() -> None:
    check_layout('{"define": {"a": "b"}}', "define: {a: b}\n")


def test_what_cannot_be_read_is_an_error() -> None:
    with pytest.raises(RuleTextError):
        lay_out("a: [")
