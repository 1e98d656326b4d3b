/* Who asks for a module, in C: the same answers as runtime_shim.caller.frames and runtime_shim.modules.keys give.

   Only what is common is decided here: import statements, look-ups that are written out, and importlib's own frames
   between. Whatever is out of the ordinary is left to the Python code, which is the specification, and which is all
   there is where this file was not compiled.

   It is compiled once for all versions from 3.11 on (Py_LIMITED_API), but not for free-threaded ones: what it remembers
   is protected by the interpreter's lock. Where in memory a code object has its file name,
   its name and its instructions, is not part of that interface: it is found out at the start, in an object of which
   the interpreter tells all three (`learn_layout`), and where that fails nothing is accelerated. Of the functions, five
   are documented and public, and in no limited interface; they are declared below. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

PyAPI_FUNC(PyFrameObject *) PyFrame_GetBack(PyFrameObject *);
PyAPI_FUNC(PyObject *) PyFrame_GetBuiltins(PyFrameObject *);
PyAPI_FUNC(PyObject *) PyFrame_GetGlobals(PyFrameObject *);
PyAPI_FUNC(PyObject *) PyFrame_GetLocals(PyFrameObject *);
PyAPI_FUNC(int) PyFrame_GetLasti(PyFrameObject *);

#define OPERATIONS 256
#define FILES 256
#define SITES 256

/* Whose a code file is. */
enum { FILE_UNKNOWN, FILE_OWNED, FILE_MACHINERY, FILE_NEUTRAL };

typedef struct {
    PyObject *name;   /* owned: the very string object; NULL: the place is free */
    PyObject *owners; /* owned, of FILE_OWNED */
    int kind;
} File;

/* What a call site is, as runtime_shim.caller.call_sites.kind tells. */
enum { SITE_NONE, SITE_SYS, SITE_SYS_IN_MODULE, SITE_IMPORT, SITE_IMPORT_IN_MODULE };

typedef struct {
    PyObject *code; /* owned only where the site is one: a stale negative answer costs time alone */
    int offset;
    int kind;
} Site;

/* What configure() is given by runtime_shim.modules.keys, in this order. */
enum {
    OWNERS_BY_FILE,
    NEUTRAL,
    MACHINERY,
    TELLING,
    SUBJECTS,
    FIND_SLOWLY,
    KIND_OF_SITE,
    FRAMES_REMOVED,
    HANDLE_FROMLIST,
    FIND_AND_LOAD_UNLOCKED,
    EXECUTE_SOURCE,
    FIND_SPEC,
    NAMES_OF_SYS,
    SYS,
    BUILTIN_IMPORT,
    COMPARE_SLOWLY,
    PLAIN_KEYS_ONLY,
    OBJECTS,
};

/* Names of attributes and variables. */
enum {
    NAME_ENVIRONMENT,
    NAME_SYS,
    NAME_MODULES,
    NAME_IMPORT,
    NAME_OWNERS,
    NAME_SELF,
    NAME_MODULE,
    NAME_SPEC,
    NAME_NAME,
    NAME_IS_APPLICATION,
    NAMES,
};

static const char *const spelled[NAMES] = {
    "environment", "sys", "modules", "__import__", "owners", "self", "module", "__spec__", "name", "is_application",
};

typedef struct {
    PyObject *objects[OBJECTS];
    PyTypeObject *key_type, *frame_type;
    PyObject *names[NAMES];
    Py_ssize_t file_offset, name_offset, instructions_offset; /* in code objects */
    unsigned char is_import[OPERATIONS];
    /* In frames, and in the interpreter's own, as runtime_shim.caller.c_stack knows them; the first is 0: not known. */
    int frame_offset, previous_offset, flag_offset, flag_of_c;
    File files[FILES];
    Site sites[SITES];
} State;

/* What a key has behind the fields of a str. */
typedef struct {
    State *state;
    PyObject *environment; /* its class owns it */
    PyObject *text;        /* owned: the plain string that was the latest of equal text */
} KeyFields;

#define FIELD(object, offset) (*(PyObject **)((char *)(object) + (offset)))

/* The functions of frames, which are objects like others here. */
#define FRAME(object) ((PyFrameObject *)(object))
#define BACK(frame) ((PyObject *)PyFrame_GetBack(FRAME(frame)))

/* ---- small helpers ---- */

/* Return a new reference to what a dict has under a key, or NULL, with no exception set where it is not there. */
static PyObject *
lookup(PyObject *dict, PyObject *key)
{
    return Py_XNewRef(PyDict_GetItemWithError(dict, key));
}

static PyObject *
code_of(PyObject *frame)
{
    PyObject *code = (PyObject *)PyFrame_GetCode(FRAME(frame));
    Py_DECREF(code); /* the frame has it */
    return code;
}

/* ---- whose a file is: runtime_shim.caller.files ---- */

/* Forget what is remembered of a place in the table. */
static void
forget_file(File *file)
{
    PyObject *name = file->name, *owners = file->owners;
    file->name = file->owners = NULL;
    file->kind = FILE_UNKNOWN;
    Py_XDECREF(name);
    Py_XDECREF(owners);
}

/* Return the kind of a file, -1 with an exception; *owners* becomes a new reference, or NULL. */
static int
classify(State *state, PyObject *name, PyObject **owners)
{
    File *file = &state->files[((size_t)name >> 4) % FILES];
    if (file->name == name) {
        *owners = Py_XNewRef(file->owners);
        return file->kind;
    }
    int kind = FILE_OWNED, found;
    *owners = lookup(state->objects[OWNERS_BY_FILE], name);
    if (*owners == NULL) {
        if (PyErr_Occurred()) {
            return -1;
        }
        if ((found = PySet_Contains(state->objects[MACHINERY], name)) != 0) {
            kind = found < 0 ? -1 : FILE_MACHINERY;
        }
        else {
            found = PySet_Contains(state->objects[NEUTRAL], name);
            kind = found < 0 ? -1 : found ? FILE_NEUTRAL : FILE_UNKNOWN;
        }
    }
    if (kind == FILE_OWNED || kind == FILE_MACHINERY) { /* a neutral file can become somebody's */
        forget_file(file);
        file->name = Py_NewRef(name);
        file->owners = Py_XNewRef(*owners);
        file->kind = kind;
    }
    return kind;
}

/* Whether a frame was entered from C code: c_stack._Stack.is_entry. Where it is not known, yes, which is the answer
   that leaves the rest to Python. */
static int
is_entry(State *state, PyObject *frame)
{
    if (state->frame_offset == 0) {
        return 1;
    }
    char *inner = *(char **)((char *)frame + state->frame_offset);
    if (inner == NULL) {
        return 1;
    }
    if (state->previous_offset == 0) {
        return *(unsigned char *)(inner + state->flag_offset);
    }
    char *previous = *(char **)(inner + state->previous_offset);
    return previous != NULL && *(unsigned char *)(previous + state->flag_offset) == state->flag_of_c;
}

/* ---- look-ups that are written out: runtime_shim.caller.call_sites ---- */

/* Return the kind of a call site, -1 with an exception. */
static int
kind_of_site(State *state, PyObject *code, int offset)
{
    size_t place = (((size_t)code >> 4) ^ ((size_t)offset * 31)) % SITES;
    Site *site = &state->sites[place];
    if (site->code == code && site->offset == offset) {
        return site->kind;
    }
    PyObject *answer = PyObject_CallFunction(state->objects[KIND_OF_SITE], "Oi", code, offset);
    if (answer == NULL) {
        return -1;
    }
    int kind = (int)PyLong_AsLong(answer);
    Py_DECREF(answer);
    if (kind == -1 && PyErr_Occurred()) {
        return -1;
    }
    site = &state->sites[place];
    PyObject *before = site->kind == SITE_NONE ? NULL : site->code;
    site->code = kind == SITE_NONE ? code : Py_NewRef(code);
    site->offset = offset;
    site->kind = kind;
    Py_XDECREF(before);
    return kind;
}

/* Whether the names by which a look-up is called mean what they mean everywhere; -1 with an exception. */
static int
is_of_interpreter(State *state, PyObject *frame, PyObject *code, int offset)
{
    int kind = kind_of_site(state, code, offset);
    if (kind <= SITE_NONE) {
        return kind;
    }
    int answer = 0;
    PyObject *globals = PyFrame_GetGlobals(FRAME(frame)), *found;
    if (kind == SITE_SYS_IN_MODULE || kind == SITE_IMPORT_IN_MODULE) {
        PyObject *locals = PyFrame_GetLocals(FRAME(frame));
        int is_module = locals == globals; /* else of a class, or given to `exec` */
        Py_XDECREF(locals);
        if (locals == NULL || !is_module) {
            Py_DECREF(globals);
            return locals == NULL ? -1 : 0;
        }
    }
    if (kind == SITE_SYS || kind == SITE_SYS_IN_MODULE) {
        found = lookup(globals, state->names[NAME_SYS]);
        if (found == state->objects[SYS]) {
            PyObject *modules = lookup(state->objects[NAMES_OF_SYS], state->names[NAME_MODULES]);
            answer = modules != NULL && PyDict_CheckExact(modules);
            Py_XDECREF(modules);
        }
    }
    else {
        found = lookup(globals, state->names[NAME_IMPORT]);
        if (found == NULL && !PyErr_Occurred()) {
            PyObject *builtins = PyFrame_GetBuiltins(FRAME(frame));
            found = lookup(builtins, state->names[NAME_IMPORT]);
            Py_DECREF(builtins);
            answer = found == state->objects[BUILTIN_IMPORT];
        }
    }
    Py_XDECREF(found);
    Py_DECREF(globals);
    return PyErr_Occurred() ? -1 : answer;
}

/* ---- the walk: runtime_shim.caller.frames.find ---- */

/* What a walk has come by. */
typedef struct {
    PyObject *callee;      /* owned: the frame before, NULL at first */
    int is_native_possible; /* an extension module's C code may be at work above the frames that are still to come */
    PyObject *owners;      /* owned: the answer */
} Walk;

/* Set the answer to an environment's owners. Return 1, or -1 with an exception. */
static int
end_with(State *state, Walk *walk, PyObject *environment)
{
    walk->owners = PyObject_GetAttr(environment, state->names[NAME_OWNERS]);
    return walk->owners == NULL ? -1 : 1;
}

/* Return a new reference to a local variable of one of importlib's frames, NULL with an exception. */
static PyObject *
local(PyObject *frame, PyObject *name)
{
    PyObject *locals = PyFrame_GetLocals(FRAME(frame)), *value = NULL;
    if (locals != NULL) {
        value = PyObject_GetItem(locals, name);
        Py_DECREF(locals);
    }
    return value;
}

/* A loader at work: what it loads is its environment's. */
static int
step_over_loader(State *state, PyObject *frame, Walk *walk)
{
    PyObject *loader = local(frame, state->names[NAME_SELF]);
    if (loader == NULL) {
        PyErr_Clear(); /* a method of a class */
        return 1;
    }
    PyObject *environment = PyObject_GetAttr(loader, state->names[NAME_ENVIRONMENT]);
    Py_DECREF(loader);
    if (environment == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return -1;
        }
        PyErr_Clear();
        return 1;
    }
    int answer = environment == Py_None ? 1 : end_with(state, walk, environment);
    Py_DECREF(environment);
    return answer;
}

/* `from package import module`, of an environment's package: frames._isolated_home. */
static int
step_over_fromlist(State *state, PyObject *frame, Walk *walk)
{
    PyObject *package = local(frame, state->names[NAME_MODULE]);
    if (package == NULL || !PyModule_Check(package)) {
        Py_XDECREF(package);
        return package == NULL ? -1 : 0;
    }
    PyObject *spec = lookup(PyModule_GetDict(package), state->names[NAME_SPEC]);
    Py_DECREF(package);
    if (spec == NULL) {
        return PyErr_Occurred() ? -1 : 1;
    }
    PyObject *name = PyObject_GetAttr(spec, state->names[NAME_NAME]);
    Py_DECREF(spec);
    if (name == NULL) {
        PyErr_Clear();
        return 0;
    }
    int answer = 1;
    if (PyType_IsSubtype(Py_TYPE(name), state->key_type)) {
        PyObject *environment = PyObject_GetAttr((PyObject *)Py_TYPE(name), state->names[NAME_ENVIRONMENT]);
        PyObject *is_application =
            environment == NULL ? NULL : PyObject_GetAttr(environment, state->names[NAME_IS_APPLICATION]);
        answer = is_application == NULL      ? -1
                 : is_application == Py_True ? 1
                                             : end_with(state, walk, environment);
        Py_XDECREF(environment);
        Py_XDECREF(is_application);
    }
    Py_DECREF(name);
    return answer;
}

/* One of importlib's own frames. */
static int
step_over_machinery(State *state, PyObject *frame, PyObject *code, PyObject *name, Walk *walk)
{
    if (code == state->objects[FRAMES_REMOVED]) {
        /* What it calls for these is an import function, or `exec`; else it may be an extension's initialisation. */
        PyObject *caller = BACK(frame);
        PyObject *calling = caller == NULL ? NULL : code_of(caller);
        if (calling != state->objects[HANDLE_FROMLIST] && calling != state->objects[FIND_AND_LOAD_UNLOCKED]
            && calling != state->objects[EXECUTE_SOURCE]) {
            walk->is_native_possible = 1;
        }
        Py_XDECREF(caller);
        return 1;
    }
    if (code == state->objects[HANDLE_FROMLIST]) {
        return step_over_fromlist(state, frame, walk);
    }
    int is_telling = PySet_Contains(state->objects[TELLING], name);
    if (is_telling == 1) {
        return step_over_loader(state, frame, walk);
    }
    return is_telling < 0 ? -1 : 1;
}

/* Whether what a frame calls is a finder that importlib has asked: frames._is_finder_at_work. */
static int
is_finder_at_work(State *state, PyObject *frame)
{
    PyObject *back = BACK(frame);
    int answer = back != NULL && code_of(back) == state->objects[FIND_SPEC];
    Py_XDECREF(back);
    return answer;
}

/* One step of the walk. Return 1 to go on, or to end where there is an answer; 0 to leave the question to Python; -1
   with an exception. */
static int
step(State *state, PyObject *frame, Walk *walk)
{
    PyObject *code = code_of(frame);
    PyObject *name = FIELD(code, state->name_offset), *owners;
    int answer;
    switch (classify(state, FIELD(code, state->file_offset), &owners)) {
    case FILE_MACHINERY:
        return step_over_machinery(state, frame, code, name, walk);
    case FILE_OWNED:
        answer = 1;
        break;
    case FILE_NEUTRAL:
        answer = PyDict_Contains(state->objects[SUBJECTS], name);
        answer = answer < 0 ? -1 : !answer;
        break;
    case FILE_UNKNOWN:
        return 0;
    default:
        return -1;
    }
    int offset = PyFrame_GetLasti(FRAME(frame));
    if (walk->is_native_possible || offset < 0) {
        answer = answer < 0 ? -1 : 0;
    }
    else if (answer == 1 && !state->is_import[((unsigned char *)code)[state->instructions_offset + offset]]) {
        if (walk->callee == NULL || is_entry(state, walk->callee)) {
            answer = is_of_interpreter(state, frame, code, offset);
        }
        if (answer == 1 && walk->callee != NULL && is_finder_at_work(state, frame)) {
            answer = 0;
        }
    }
    if (answer == 1) {
        walk->owners = owners;
    }
    else {
        Py_XDECREF(owners);
    }
    return answer;
}

/* Return a new reference to the owners of whoever *frame* looks something up for; NULL without an exception: ask
   Python. The look-up is the doing of *callee*, if that is not NULL. */
static PyObject *
owners_of_caller(State *state, PyObject *frame, PyObject *callee)
{
    Walk walk = {Py_XNewRef(callee), 0, NULL};
    frame = Py_NewRef(frame);
    while (frame != NULL && step(state, frame, &walk) == 1 && walk.owners == NULL) {
        Py_XDECREF(walk.callee);
        walk.callee = frame;
        frame = BACK(walk.callee);
    }
    Py_XDECREF(walk.callee);
    Py_XDECREF(frame);
    return walk.owners;
}

static PyObject *
find(PyObject *module, PyObject *const *arguments, Py_ssize_t number)
{
    State *state = PyModule_GetState(module);
    if (number != 1 && number != 2) {
        PyErr_SetString(PyExc_TypeError, "find takes a frame, and what it has called");
        return NULL;
    }
    PyObject *frame = arguments[0], *callee = number == 2 && arguments[1] != Py_None ? arguments[1] : NULL;
    if (state->objects[FIND_SLOWLY] == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the accelerator has not been configured");
        return NULL;
    }
    if (Py_TYPE(frame) == state->frame_type && (callee == NULL || Py_TYPE(callee) == state->frame_type)) {
        PyObject *owners = owners_of_caller(state, frame, callee);
        if (owners != NULL) {
            PyObject *environment = PyObject_GetAttr(owners, state->names[NAME_ENVIRONMENT]);
            Py_DECREF(owners);
            return environment;
        }
        if (PyErr_Occurred()) {
            return NULL;
        }
    }
    return PyObject_CallFunctionObjArgs(state->objects[FIND_SLOWLY], frame, callee, NULL);
}

/* ---- the comparison of keys: runtime_shim.modules.keys ---- */

static PyObject *
compare_slowly(State *state, PyObject *frame, PyObject *name, PyObject *key)
{
    if (state->objects[COMPARE_SLOWLY] == NULL) {
        return Py_NewRef(Py_False); /* the interpreter ends, and has emptied the modules that would know */
    }
    return PyObject_CallFunctionObjArgs(
        state->objects[COMPARE_SLOWLY], frame == NULL ? Py_None : frame, name, key, NULL);
}

/* Return a new reference to whether *name*, a string of the same text that is looked up by the running code, means
   *key*. */
static PyObject *
is_meant(State *state, PyObject *name, PyObject *key, KeyFields *fields)
{
    PyObject *frame = (PyObject *)PyEval_GetFrame();
    if (frame == NULL || state->objects[OWNERS_BY_FILE] == NULL) {
        return compare_slowly(state, frame, name, key);
    }
    if (FIELD(code_of(frame), state->file_offset) == state->objects[PLAIN_KEYS_ONLY]) {
        return Py_NewRef(Py_False);
    }
    PyObject *owners = owners_of_caller(state, frame, NULL);
    if (owners == NULL) {
        return PyErr_Occurred() ? NULL : compare_slowly(state, frame, name, key);
    }
    PyObject *environment = lookup(owners, name);
    if (environment == NULL && !PyErr_Occurred()) {
        environment = PyObject_GetItem(owners, name); /* not remembered yet: environment.Owners.__missing__ */
    }
    Py_DECREF(owners);
    if (environment == NULL) {
        PyErr_Clear();
        return compare_slowly(state, frame, name, key); /* which knows what an exception means */
    }
    if (fields->environment == NULL) {
        PyObject *own = PyObject_GetAttr((PyObject *)Py_TYPE(key), state->names[NAME_ENVIRONMENT]);
        if (own == NULL) {
            Py_DECREF(environment);
            return NULL;
        }
        fields->environment = own;
        Py_DECREF(own);
    }
    PyObject *answer = environment == fields->environment ? Py_True : Py_False;
    Py_DECREF(environment);
    return Py_NewRef(answer);
}

/* Behind the fields of a str: the same in every interpreter of the process. Set before there is a key. */
static Py_ssize_t key_fields_offset = 0;
static hashfunc hash_of_str = NULL;
static destructor dealloc_of_str = NULL;

static KeyFields *
fields_of(PyObject *key)
{
    KeyFields *fields = (KeyFields *)((char *)key + key_fields_offset);
    if (fields->state == NULL) {
        /* The type below str is the one that is made here. */
        PyTypeObject *type = Py_TYPE(key), *base;
        while ((base = PyType_GetSlot(type, Py_tp_base)) != &PyUnicode_Type) {
            type = base;
        }
        fields->state = PyType_GetModuleState(type);
    }
    return fields;
}

static PyObject *
key_richcompare(PyObject *self, PyObject *other, int operation)
{
    KeyFields *fields = fields_of(self);
    State *state = fields->state;
    PyTypeObject *kind = Py_TYPE(other);
    if (other != fields->text || (operation != Py_EQ && operation != Py_NE)) {
        PyObject *same = PyUnicode_RichCompare(self, other, operation);
        if ((operation != Py_EQ && operation != Py_NE) || same != (operation == Py_EQ ? Py_True : Py_False)) {
            return same; /* an order; another text, no text, an error */
        }
        Py_DECREF(same);
        if (kind == &PyUnicode_Type) {
            PyObject *before = fields->text;
            fields->text = Py_NewRef(other);
            Py_XDECREF(before);
        }
    }
    PyObject *answer;
    if (kind == &PyUnicode_Type) {
        answer = is_meant(state, other, self, fields);
    }
    else if (PyType_IsSubtype(kind, state->key_type)) {
        answer = Py_NewRef(kind == Py_TYPE(self) ? Py_True : Py_False); /* whoever asks */
    }
    else {
        answer = compare_slowly(state, (PyObject *)PyEval_GetFrame(), other, self);
    }
    if (answer == NULL || operation == Py_EQ) {
        return answer;
    }
    int is_equal = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return is_equal < 0 ? NULL : PyBool_FromLong(!is_equal);
}

static void
key_dealloc(PyObject *self)
{
    Py_XDECREF(((KeyFields *)((char *)self + key_fields_offset))->text);
    dealloc_of_str(self);
}

static Py_hash_t
key_hash(PyObject *self)
{
    return hash_of_str(self);
}

PyDoc_STRVAR(key_doc, "A name of a module that is equal to the same name only where that means its own environment.");

static PyType_Slot key_slots[] = {
    {Py_tp_doc, (void *)key_doc},
    {Py_tp_richcompare, key_richcompare},
    {Py_tp_hash, key_hash},
    {Py_tp_dealloc, key_dealloc},
    {0, NULL},
};

/* ---- the module ---- */

/* Return where in an object the value of an attribute is, 0 with an exception if it is not in exactly one place. */
static Py_ssize_t
offset_of(PyObject *object, const char *attribute, Py_ssize_t size)
{
    PyObject *value = PyObject_GetAttrString(object, attribute);
    if (value == NULL) {
        return 0;
    }
    Py_ssize_t found = 0, times = 0;
    Py_ssize_t word = sizeof(PyObject *);
    for (Py_ssize_t offset = sizeof(PyObject); offset + word <= size; offset += word) {
        if (FIELD(object, offset) == value) {
            found = offset;
            times++;
        }
    }
    Py_DECREF(value);
    if (times != 1) {
        PyErr_Format(PyExc_RuntimeError, "%s is in %zd places of a code object", attribute, times);
        return 0;
    }
    return found;
}

static Py_ssize_t
basic_size_of(PyTypeObject *type)
{
    PyObject *size = PyObject_GetAttrString((PyObject *)type, "__basicsize__");
    Py_ssize_t answer = size == NULL ? -1 : PyLong_AsSsize_t(size);
    Py_XDECREF(size);
    return answer;
}

static int
learn_layout(State *state, PyObject *sample)
{
    Py_ssize_t size = basic_size_of(Py_TYPE(sample));
    if (size < 0 || (state->file_offset = offset_of(sample, "co_filename", size)) == 0
        || (state->name_offset = offset_of(sample, "co_name", size)) == 0) {
        return -1;
    }
    /* The instructions are what makes code objects differ in size (PyCode_Type in CPython's Objects/codeobject.c). */
    state->instructions_offset = size;
    PyObject *told = PyObject_GetAttrString(sample, "co_code");
    char *instructions;
    Py_ssize_t length, operations = 0;
    if (told == NULL || PyBytes_AsStringAndSize(told, &instructions, &length) < 0) {
        Py_XDECREF(told);
        return -1;
    }
    int is_right = 1;
    for (Py_ssize_t i = 0; i < length; i += 2) {
        if (instructions[i] != 0) { /* not one of the entries in which the interpreter counts */
            is_right &= instructions[i] == ((char *)sample)[size + i];
            operations++;
        }
    }
    Py_DECREF(told);
    if (!is_right || operations == 0) {
        PyErr_SetString(PyExc_RuntimeError, "the instructions of a code object are not behind its fields");
        return -1;
    }
    return 0;
}

PyDoc_STRVAR(learn_doc,
"learn(sample, operations)\n--\n\n"
"Learn where code objects have their fields from a fresh one, and which instructions import.\n\n"
"RuntimeError: this interpreter's code objects are not as expected.");

static PyObject *
learn(PyObject *module, PyObject *arguments)
{
    State *state = PyModule_GetState(module);
    PyObject *sample;
    const unsigned char *operations;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(arguments, "Oy#", &sample, &operations, &length) || learn_layout(state, sample) < 0) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        state->is_import[operations[i]] = 1;
    }
    state->frame_type = Py_TYPE((PyObject *)PyEval_GetFrame());
    Py_RETURN_NONE;
}

PyDoc_STRVAR(configure_doc,
"configure(*objects)\n--\n\n"
"Say what the walk needs to know: runtime_shim.modules.keys has the order.");

static PyObject *
configure(PyObject *module, PyObject *arguments)
{
    State *state = PyModule_GetState(module);
    if (PyTuple_Size(arguments) != OBJECTS) {
        return PyErr_Format(PyExc_TypeError, "configure takes %d objects", OBJECTS);
    }
    for (int i = 0; i < OBJECTS; i++) {
        PyObject *before = state->objects[i];
        state->objects[i] = Py_NewRef(PyTuple_GetItem(arguments, i));
        Py_XDECREF(before);
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(know_frames_doc,
"know_frames(frame, previous, flag, flag_of_c)\n--\n\n"
"Say where frames tell that they were entered from C: runtime_shim.caller.c_stack has the offsets and checks them.");

static PyObject *
know_frames(PyObject *module, PyObject *arguments)
{
    State *state = PyModule_GetState(module);
    if (!PyArg_ParseTuple(arguments, "iiii", &state->frame_offset, &state->previous_offset, &state->flag_offset,
                          &state->flag_of_c)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(forget_files_doc,
"forget_files()\n--\n\nForget whose the files are: that has changed.");

static PyObject *
forget_files(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    State *state = PyModule_GetState(module);
    for (int i = 0; i < FILES; i++) {
        if (state->files[i].name != NULL) {
            forget_file(&state->files[i]);
        }
    }
    Py_RETURN_NONE;
}

/* Whether a name of a module is a plain one of which environments have versions; -1 with an exception. */
static int
is_to_rekey(PyObject *name, PyObject *versioned)
{
    if (!PyUnicode_CheckExact(name)) {
        return 0;
    }
    Py_ssize_t length = PyUnicode_GetLength(name), dot = PyUnicode_FindChar(name, '.', 0, length, 1);
    if (dot == -1) {
        return PySet_Contains(versioned, name);
    }
    PyObject *top = dot < 0 ? NULL : PyUnicode_Substring(name, 0, dot);
    int answer = top == NULL ? -1 : PySet_Contains(versioned, top);
    Py_XDECREF(top);
    return answer;
}

PyDoc_STRVAR(newest_doc,
"newest_if_settled(modules, seen, versioned)\n--\n\n"
"Return the newest name of a dict of modules, or None if one that came after *seen* is to be given to somebody:\n"
"runtime_shim.modules.rekeying. No other thread runs meanwhile.");

static PyObject *
newest_if_settled(PyObject *module, PyObject *arguments)
{
    PyObject *modules, *seen, *versioned, *newest = NULL, *name = NULL;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OOO", &modules, &seen, &versioned)) {
        return NULL;
    }
    PyObject *names = PyObject_CallMethod(modules, "__reversed__", NULL);
    int answer = 0;
    while (names != NULL && answer == 0 && (name = PyIter_Next(names)) != NULL && name != seen) {
        answer = is_to_rekey(name, versioned);
        if (newest == NULL) {
            newest = Py_NewRef(name);
        }
        Py_DECREF(name);
        name = NULL;
    }
    Py_XDECREF(name);
    Py_XDECREF(names);
    if (PyErr_Occurred() || answer != 0) {
        Py_XDECREF(newest);
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    }
    return newest == NULL ? Py_NewRef(seen) : newest;
}

static PyObject *
not_implemented_for(PyObject *kinds_and_rest, PyObject *thing)
{
    int is_one = PySet_Contains(PyTuple_GetItem(kinds_and_rest, 0), (PyObject *)Py_TYPE(thing));
    if (is_one != 0) {
        return is_one < 0 ? NULL : Py_NewRef(Py_NotImplemented);
    }
    return PyObject_CallFunctionObjArgs(PyTuple_GetItem(kinds_and_rest, 1), thing, NULL);
}

static PyMethodDef not_implemented_method = {"reducer_override", not_implemented_for, METH_O, NULL};

PyDoc_STRVAR(unless_of_doc,
"unless_of(kinds, function)\n--\n\n"
"Return a function that returns NotImplemented for objects of some classes, and for others what *function* does.");

static PyObject *
unless_of(PyObject *module, PyObject *arguments)
{
    PyObject *kinds, *function;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "O!O", &PySet_Type, &kinds, &function)) {
        return NULL;
    }
    return PyCFunction_NewEx(&not_implemented_method, arguments, NULL);
}

PyDoc_STRVAR(find_doc,
"find(frame, callee=None)\n--\n\n"
"Return the environment on whose behalf a frame performs a look-up: runtime_shim.caller.frames.find.");

static PyMethodDef methods[] = {
    {"learn", learn, METH_VARARGS, learn_doc},
    {"configure", configure, METH_VARARGS, configure_doc},
    {"know_frames", know_frames, METH_VARARGS, know_frames_doc},
    {"forget_files", forget_files, METH_NOARGS, forget_files_doc},
    {"unless_of", unless_of, METH_VARARGS, unless_of_doc},
    {"newest_if_settled", newest_if_settled, METH_VARARGS, newest_doc},
    {"find", (PyCFunction)(void (*)(void))find, METH_FASTCALL, find_doc},
    {NULL, NULL, 0, NULL},
};

static int
execute(PyObject *module)
{
    State *state = PyModule_GetState(module);
    Py_ssize_t size = basic_size_of(&PyUnicode_Type);
    if (size < 0) {
        return -1;
    }
    key_fields_offset = size;
    hash_of_str = (hashfunc)PyType_GetSlot(&PyUnicode_Type, Py_tp_hash);
    dealloc_of_str = (destructor)PyType_GetSlot(&PyUnicode_Type, Py_tp_dealloc);
    PyType_Spec spec = {
        .name = "runtime_shim.accelerator._caller.Key",
        .basicsize = (int)(size + sizeof(KeyFields)),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = key_slots,
    };
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, (PyObject *)&PyUnicode_Type);
    if (type == NULL) {
        return -1;
    }
    state->key_type = (PyTypeObject *)type;
    for (int i = 0; i < NAMES; i++) {
        if ((state->names[i] = PyUnicode_InternFromString(spelled[i])) == NULL) {
            return -1;
        }
    }
    return PyModule_AddObjectRef(module, "Key", type);
}

static int
traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
    if (state != NULL) {
        for (int i = 0; i < OBJECTS; i++) {
            Py_VISIT(state->objects[i]);
        }
        Py_VISIT((PyObject *)state->key_type);
    }
    return 0;
}

static int
clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    if (state != NULL) {
        for (int i = 0; i < OBJECTS; i++) {
            Py_CLEAR(state->objects[i]);
        }
        for (int i = 0; i < FILES; i++) {
            forget_file(&state->files[i]);
        }
        for (int i = 0; i < SITES; i++) {
            PyObject *code = state->sites[i].kind == SITE_NONE ? NULL : state->sites[i].code;
            state->sites[i].code = NULL;
            state->sites[i].kind = SITE_NONE;
            Py_XDECREF(code);
        }
        /* The type and the names stay: keys may be compared as long as there are any. */
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
    {0, NULL},
};

PyDoc_STRVAR(module_doc, "Who asks for a module, in C; see runtime_shim.accelerator.");

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_caller",
    .m_doc = module_doc,
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = traverse,
    .m_clear = clear,
};

PyMODINIT_FUNC
PyInit__caller(void)
{
    return PyModuleDef_Init(&definition);
}
