/* Preloaded into a writer: notes every change to files below a folder, and can make a write fail, tear or be the last.
 * Records: kind, length of path, path, offset, length of data, data; see replay.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *folder;
static int trace = -1;
static long fail_at = -1, fail_for = 0, tear_at = -1, kill_at = -1, writes = 0, changes = 0;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("TRACE_FOLDER");
  const char *file = getenv("TRACE_FILE"), *fault = getenv("TRACE_FAULT");
  if (file) trace = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fault) {
    sscanf(fault, "enospc:%ld:%ld", &fail_at, &fail_for);
    sscanf(fault, "tear:%ld", &tear_at);
    sscanf(fault, "kill:%ld", &kill_at);
  }
}

static int below(const char *path) { return folder && path && strncmp(path, folder, strlen(folder)) == 0; }

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, 4095);
  if (n < 0) return 0;
  path[n] = 0;
  return below(path) && !strstr(path, "-shm") && !strstr(path, ".lock");
}

static void put(const void *data, size_t n) {
  if (trace >= 0) syscall(SYS_write, trace, data, n);
}

static void note(char kind, const char *path, int64_t offset, const void *data, uint32_t n) {
  uint32_t length = strlen(path);
  put(&kind, 1), put(&length, 4), put(path, length), put(&offset, 8), put(&n, 4), put(data, n);
}

static void change(void) {
  if (changes++ == kill_at) raise(SIGKILL);
}

/* Whether a write is to fail; a torn one is half done here and ends the process. */
static int faulty(int fd, const void *data, size_t n, int64_t offset) {
  long number = writes++;
  if (number == tear_at) {
    syscall(SYS_pwrite64, fd, data, n / 2, offset);
    raise(SIGKILL);
  }
  if (fail_at >= 0 && number >= fail_at && number < fail_at + fail_for) {
    errno = ENOSPC;
    return 1;
  }
  return 0;
}

static int opened(const char *path, int flags, int mode) {
  int counts = below(path) && !strstr(path, "-shm") && !strstr(path, ".lock") && (flags & (O_CREAT | O_TRUNC));
  int fresh = 0;
  if (counts) {
    change();
    fresh = access(path, F_OK) != 0;
  }
  int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= 0 && counts) {
    if (fresh) note('C', path, 0, "", 0);
    else if (flags & O_TRUNC) note('T', path, 0, "", 0);
  }
  return fd;
}

#define MODE(flags) \
  int mode = 0; \
  if ((flags) & O_CREAT) { va_list a; va_start(a, flags); mode = va_arg(a, int); va_end(a); }
int open(const char *path, int flags, ...) { MODE(flags) return opened(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(path, flags, mode); }

ssize_t write(int fd, const void *data, size_t n) {
  char path[4096];
  if (!path_of(fd, path)) return syscall(SYS_write, fd, data, n);
  change();
  int64_t offset = lseek(fd, 0, SEEK_CUR);
  if (fcntl(fd, F_GETFL) & O_APPEND) offset = lseek(fd, 0, SEEK_END);
  if (faulty(fd, data, n, offset)) return -1;
  ssize_t done = syscall(SYS_write, fd, data, n);
  if (done > 0) note('W', path, offset, data, done);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t offset) {
  char path[4096];
  if (!path_of(fd, path)) return syscall(SYS_pwrite64, fd, data, n, offset);
  change();
  if (faulty(fd, data, n, offset)) return -1;
  ssize_t done = syscall(SYS_pwrite64, fd, data, n, offset);
  if (done > 0) note('W', path, offset, data, done);
  return done;
}
ssize_t pwrite(int fd, const void *data, size_t n, off_t offset) { return pwrite64(fd, data, n, offset); }

int ftruncate64(int fd, off64_t size) {
  char path[4096];
  int counts = path_of(fd, path);
  if (counts) change();
  int done = syscall(SYS_ftruncate, fd, size);
  if (counts && !done) note('T', path, size, "", 0);
  return done;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int fd, long call) {
  char path[4096];
  int counts = path_of(fd, path);
  if (counts) change();
  int done = syscall(call, fd);
  if (counts && !done) note('S', path, 0, "", 0);
  return done;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int rename(const char *from, const char *to) {
  if (below(from)) change();
  int done = syscall(SYS_rename, from, to);
  if (!done && below(from)) note('R', from, 0, to, strlen(to));
  return done;
}

int unlink(const char *path) {
  int counts = below(path) && !strstr(path, "-shm") && !strstr(path, ".lock");
  if (counts) change();
  int done = syscall(SYS_unlink, path);
  if (!done && counts) note('U', path, 0, "", 0);
  return done;
}
