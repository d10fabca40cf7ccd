"""A node in, the value of its shape out, read in one go; None for whatever pydantic should see.

A *recipe* is made of a shape's fields once: for each key what reads its value. Nodes are then read
by the same readers that pydantic would call, in fewer steps. The first thing that is not just so
ends the reading: a key that is unknown or missing, a node of another form, a reader that refuses.
Then pydantic reads the node from its beginning, and tells what is wrong. What is read here is the
very value that pydantic would have made.

Readers that go by the text of a scalar alone are asked once for each text.
"""

from cpython.dict cimport PyDict_Copy, PyDict_GetItem
from cpython.object cimport PyObject, PyObject_GenericSetAttr

from inspect import signature
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BeforeValidator, PlainValidator

from ..tree.nodes import Mapping, Scalar
from .shape import BY_TEXT, Shape

cdef object mapping_type = Mapping
cdef object scalar_type = Scalar
cdef object new_object = object.__new__
cdef str DICT = "__dict__"
cdef str FIELDS_SET = "__pydantic_fields_set__"
cdef str EXTRA = "__pydantic_extra__"
cdef str PRIVATE = "__pydantic_private__"
cdef str NODE = "node"
# Of the validators of whole shapes, those that let a mapping through as it is.
cdef frozenset HARMLESS = frozenset(("unpack", "refuse_list"))

cdef enum:
    KNOWN_MAX = 4_096  # texts remembered of one field

cdef enum StepKind:
    STEP_READ  # by a function of the node
    STEP_READ_IN_TERMS  # by one that is told the terms too
    STEP_SHAPE  # by a recipe
    STEP_LIST  # items, by another step


class GiveUp(Exception):
    """Something that is left to pydantic."""


class Unsuited(Exception):
    """A field that no recipe can be made of."""


cdef class Context:
    """What readers get beside a node: the terms, under the name that pydantic gives them."""

    cdef readonly object context

    def __cinit__(self, terms):
        self.context = terms


cdef class Step:
    """How the value of one key is read."""

    cdef StepKind kind
    cdef object read
    cdef Recipe recipe
    cdef Step item
    cdef bint is_by_text
    cdef dict known  # by text, what was read in `context`
    cdef Context context

    cdef object value_of(self, object node, Context context):
        if self.kind == STEP_SHAPE:
            return self.recipe.value_of(node, context)
        if self.kind == STEP_LIST:
            return [self.item.value_of(each, context) for each in self.read(node)]
        if self.is_by_text and type(node) is scalar_type:
            return self.value_by_text(node, context)
        return self.read_one(node, context)

    cdef object read_one(self, object node, Context context):
        return self.read(node) if self.kind == STEP_READ else self.read(node, context)

    cdef object value_by_text(self, object node, Context context):
        cdef PyObject* found
        cdef dict known
        text = node.text
        if self.context is not context:
            self.known = {}
            self.context = context
        known = self.known
        found = PyDict_GetItem(known, text)
        if found != NULL:
            return <object>found
        value = self.read_one(node, context)
        if text:  # an empty one may be no text at all
            if len(known) >= KNOWN_MAX:
                known.clear()
            known[text] = value
        return value


cdef class Recipe:
    """How the nodes of one shape are read."""

    cdef object shape
    cdef dict steps  # by key
    cdef dict blank  # the values of all fields, in their order, as if no key were there
    cdef dict factories  # of defaults that every value has for itself
    cdef list required  # keys

    def __cinit__(self, shape):
        self.shape = shape
        self.steps, self.blank, self.factories, self.required = {}, {}, {}, []

    cdef int fill(self) except -1:
        # One step for each field; raises Unsuited for a shape that has more to it than fields.
        more = self.shape.__pydantic_decorators__
        if (
            set(more.model_validators) - HARMLESS
            or more.field_validators or more.validators or more.root_validators
            or self.shape.__private_attributes__ or self.shape.__pydantic_post_init__
            or self.shape.model_config.get("extra") != "forbid"
        ):
            raise Unsuited
        for name, field in self.shape.model_fields.items():
            self.blank[name] = None
            if name == NODE:
                continue
            if field.alias is not None or field.validate_default:
                raise Unsuited
            if field.is_required():
                self.required.append(name)
            elif field.default_factory is not None:
                self.factories[name] = field.default_factory
            else:
                hash(field.default)  # what has no hash would be copied
                self.blank[name] = field.default
            self.steps[name] = step_of(field.annotation, field.metadata)
        return 0

    cdef object value_of(self, object node, Context context):
        cdef dict values, written
        cdef Step step
        cdef PyObject* found
        if type(node) is not mapping_type:
            raise GiveUp
        written = node.values
        for name in self.required:
            if name not in written:
                raise GiveUp
        values = PyDict_Copy(self.blank)
        for name, make in self.factories.items():
            if name not in written:
                values[name] = make()
        for name, value in written.items():
            found = PyDict_GetItem(self.steps, name)
            if found == NULL:
                raise GiveUp
            step = <Step>found
            values[name] = step.value_of(value, context)
        values[NODE] = node
        fields_set = set(written)
        fields_set.add(NODE)
        made = new_object(self.shape)
        PyObject_GenericSetAttr(made, DICT, values)
        PyObject_GenericSetAttr(made, FIELDS_SET, fields_set)
        PyObject_GenericSetAttr(made, EXTRA, None)
        PyObject_GenericSetAttr(made, PRIVATE, None)
        return made


cdef dict recipes = {}  # by shape; None for those that have none
cdef Context latest = Context(None)


cdef Step step_of(object annotation, object metadata):
    # How the value of a field is read.
    cdef Step step = Step()
    if get_origin(annotation) in (Union, UnionType) and not metadata:
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        if len(kinds) > 1:
            raise Unsuited
        annotation = kinds[0]
    if get_origin(annotation) is Annotated and not metadata:
        annotation, *metadata = get_args(annotation)
    if not metadata and isinstance(annotation, type) and issubclass(annotation, Shape):
        step.kind, step.recipe = STEP_SHAPE, recipe_of(annotation)
        if step.recipe is None:
            raise Unsuited
        return step
    if len(metadata) != 1:
        raise Unsuited
    step.read = metadata[0].func
    count = len(signature(step.read).parameters)
    if type(metadata[0]) is PlainValidator and count <= 2:
        step.kind = STEP_READ if count == 1 else STEP_READ_IN_TERMS
        step.is_by_text = step.read in BY_TEXT
    elif type(metadata[0]) is BeforeValidator and count == 1 and get_origin(annotation) is list:
        step.kind = STEP_LIST
        step.item = step_of(get_args(annotation)[0], ())
    else:
        raise Unsuited
    return step


cdef Recipe recipe_of(object shape):
    # The recipe of a shape; None when there can be none.
    cdef Recipe recipe
    if shape not in recipes:
        recipe = recipes[shape] = Recipe(shape)
        try:
            recipe.fill()
        except (Unsuited, TypeError, AttributeError):
            recipes[shape] = None
    return recipes[shape]


def has_recipe(shape):
    """Whether nodes of a shape can be read here at all."""
    return recipe_of(shape) is not None


def read_plainly(shape, node, terms):
    """The value of a node in its shape, or None when it is left to pydantic to say."""
    global latest
    cdef Recipe recipe = recipe_of(shape)
    cdef Context context = latest
    if recipe is None:
        return None
    if context.context is not terms:
        context = latest = Context(terms)
    try:
        return recipe.value_of(node, context)
    except (GiveUp, ValueError, AssertionError):
        return None
