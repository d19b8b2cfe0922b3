// libedit for Swift: its variadic calls as typed functions, and a guard that gives the terminal
// back however the process ends.

#ifndef KITH_LINE_EDITOR_SHIM_H
#define KITH_LINE_EDITOR_SHIM_H

#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

typedef char *(*kith_prompt_function)(EditLine *);
typedef unsigned char (*kith_key_function)(EditLine *, wint_t);

// Takes the user's locale; where that has no multi-byte characters, UTF-8 without other customs.
static inline void kith_use_locale(void) {
  setlocale(LC_ALL, "");
  if (MB_CUR_MAX == 1) setlocale(LC_CTYPE, "C.UTF-8");
}

// Whether the user's locale writes UTF-8.
static inline int kith_locale_is_utf8(void) {
  locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
  if (user == (locale_t)0) return 0;
  int result = strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;
  freelocale(user);
  return result;
}

// MARK: el_set and el_get

static inline int kith_el_set_terminal(EditLine *el, const char *type) {
  return el_set(el, EL_TERMINAL, type);
}

static inline int kith_el_set_editor(EditLine *el, const char *name) {
  return el_set(el, EL_EDITOR, name);
}

static inline int kith_el_set_signal(EditLine *el, int handles) {
  return el_set(el, EL_SIGNAL, handles);
}

static inline int kith_el_set_client_data(EditLine *el, void *data) {
  return el_set(el, EL_CLIENTDATA, data);
}

static inline void *kith_el_client_data(EditLine *el) {
  void *data = NULL;
  return el_get(el, EL_CLIENTDATA, &data) == 0 ? data : NULL;
}

// What stands between two `mark`s in the prompt takes no room on the screen.
static inline int kith_el_set_prompt(EditLine *el, kith_prompt_function prompt, char mark) {
  return el_set(el, EL_PROMPT_ESC, prompt, (int)mark);
}

static inline int kith_el_set_history(EditLine *el, History *events) {
  return el_set(el, EL_HIST, history, events);
}

static inline int kith_el_add_function(
    EditLine *el, const char *name, const char *help, kith_key_function function) {
  return el_set(el, EL_ADDFN, name, help, function);
}

static inline int kith_el_bind(EditLine *el, const char *key, const char *function) {
  return el_set(el, EL_BIND, key, function, NULL);
}

// While a line is edited the interrupt key is a key like others: `intr=` says so for the modes
// libedit holds now, `-intr` for those it derives again when the user's own have changed.
static inline int kith_el_disable_interrupt_key(EditLine *el) {
  return el_set(el, EL_SETTY, "-d", "intr=", "-intr", NULL);
}

// Takes the terminal before the prompt is shown; libedit by itself takes it only afterwards, and a
// key pressed in between would be the terminal's.
static inline int kith_el_prepare_terminal(EditLine *el) { return el_set(el, EL_PREP_TERM, 1); }

// Draws prompt and line anew where the cursor is, which has to be the beginning of a row.
static inline int kith_el_refresh(EditLine *el) { return el_wset(el, EL_REFRESH); }

// Reads one character as Unicode; less than 1 at the end of input.
static inline int kith_el_read(EditLine *el, unsigned int *character) {
  wchar_t wide = 0;
  int count = el_wgetc(el, &wide);
  *character = (unsigned int)wide;
  return count;
}

typedef int (*kith_read_function)(EditLine *, wchar_t *);

// Reads keys with a function, which may wait for other things besides.
static inline int kith_el_set_reader(EditLine *el, kith_read_function function) {
  return el_wset(el, EL_GETCFN, function);
}

// Reads the next key as libedit does, on behalf of `function`, which reads the following ones again.
static inline int kith_el_read_key(EditLine *el, wchar_t *key, kith_read_function function) {
  el_wset(el, EL_GETCFN, EL_BUILTIN_GETCFN);
  int count = el_wgetc(el, key);
  el_wset(el, EL_GETCFN, function);
  return count;
}

// MARK: history

static inline int kith_history_set_size(History *events, int size) {
  HistEvent event;
  return history(events, &event, H_SETSIZE, size);
}

static inline int kith_history_set_unique(History *events, int unique) {
  HistEvent event;
  return history(events, &event, H_SETUNIQUE, unique);
}

static inline int kith_history_enter(History *events, const char *line) {
  HistEvent event;
  return history(events, &event, H_ENTER, line);
}

// MARK: the terminal

// The columns of a terminal, 0 if they are not known.
static inline int kith_terminal_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

#define KITH_PASTE_MODE_ON "\033[?2004h"
#define KITH_PASTE_MODE_OFF "\033[?2004l"
#define KITH_GUARDED_SIGNALS 10

struct kith_guard {
  // The terminal to give back, -1 while there is none.
  volatile int fd;
  // Whether the terminal tells what is pasted; one that knows no escape sequences would show them.
  volatile int marks_pastes;
  struct termios modes;
  int is_registered;
  struct sigaction previous[KITH_GUARDED_SIGNALS];
  int is_guarded[KITH_GUARDED_SIGNALS];
};

// The guard's state is the process's, because signal handlers are. It is used from one Swift file
// only, so that there is one copy of it.
static inline struct kith_guard *kith_guard_state(void) {
  static struct kith_guard state = {.fd = -1};
  return &state;
}

static inline int kith_guard_signal(int index) {
  static const int signals[KITH_GUARDED_SIGNALS] = {
      SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
  return signals[index];
}

static inline void kith_guard_restore(void) {
  struct kith_guard *guard = kith_guard_state();
  int fd = guard->fd;
  guard->fd = -1;
  if (fd < 0) return;
  if (guard->marks_pastes) {
    ssize_t written = write(fd, KITH_PASTE_MODE_OFF, sizeof KITH_PASTE_MODE_OFF - 1);
    (void)written;
  }
  tcsetattr(fd, TCSANOW, &guard->modes);
}

// Only async-signal-safe calls from here.
static inline void kith_guard_handle(int signo) {
  struct kith_guard *guard = kith_guard_state();
  kith_guard_restore();
  for (int index = 0; index < KITH_GUARDED_SIGNALS; index++) {
    if (kith_guard_signal(index) == signo) sigaction(signo, &guard->previous[index], NULL);
  }
  raise(signo);
}

// Puts the guard's handlers in place. libedit puts its own over them when a line begins, which
// would signal the whole process group; so this is called again once it has.
static inline void kith_guard_install(void) {
  struct kith_guard *guard = kith_guard_state();
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = kith_guard_handle;
  for (int index = 0; index < KITH_GUARDED_SIGNALS; index++) {
    if (guard->is_guarded[index]) sigaction(kith_guard_signal(index), &action, NULL);
  }
}

// Turns bracketed paste on if the terminal has it, and off again with the terminal's modes restored when the process
// exits or a signal ends it. Signals that the program handles or ignores itself stay with it.
static inline void kith_guard_begin(int fd, int marks_pastes) {
  struct kith_guard *guard = kith_guard_state();
  if (tcgetattr(fd, &guard->modes) != 0) return;
  guard->fd = fd;
  guard->marks_pastes = marks_pastes;
  if (!guard->is_registered) {
    guard->is_registered = 1;
    atexit(kith_guard_restore);
  }
  for (int index = 0; index < KITH_GUARDED_SIGNALS; index++) {
    int signo = kith_guard_signal(index);
    int is_crash = signo != SIGHUP && signo != SIGINT && signo != SIGQUIT && signo != SIGTERM;
    struct sigaction *previous = &guard->previous[index];
    guard->is_guarded[index] =
        sigaction(signo, NULL, previous) == 0 && (is_crash || previous->sa_handler == SIG_DFL);
  }
  kith_guard_install();
  if (marks_pastes) {
    ssize_t written = write(fd, KITH_PASTE_MODE_ON, sizeof KITH_PASTE_MODE_ON - 1);
    (void)written;
  }
}

static inline void kith_guard_end(void) {
  struct kith_guard *guard = kith_guard_state();
  if (guard->fd < 0) return;
  kith_guard_restore();
  for (int index = 0; index < KITH_GUARDED_SIGNALS; index++) {
    if (!guard->is_guarded[index]) continue;
    sigaction(kith_guard_signal(index), &guard->previous[index], NULL);
  }
}

#endif
