#ifndef CSAYIIR_H
#define CSAYIIR_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `length` bytes, continuing from `crc` (0 to start).
uint32_t csayiir_crc32c(uint32_t crc, const void *bytes, size_t length);

/// Flushes a file's data and the metadata needed to read it back to stable storage. Returns 0 or an errno.
int csayiir_synchronize(int descriptor);

/// Flushes a directory's names to stable storage. A relative path begins at the open directory, or at the working directory for
/// `csayiir_working_directory()`. Returns 0 or an errno.
int csayiir_synchronize_directory(int directory, const char *path);

/// The descriptor that stands for the working directory in the calls that end in `at`.
int csayiir_working_directory(void);

/// Opens a path with `flags`. A relative path begins at the open directory. Returns a descriptor, or a negated errno. What is
/// neither a regular file nor, with `O_DIRECTORY`, a directory is refused with EINVAL, without waiting.
int csayiir_open_at(int directory, const char *path, int flags);

/// Takes an exclusive lock owned by the open file description. Returns 0, EAGAIN if another has it, or an errno.
int csayiir_lock(int descriptor);

/// Returns 1 if another open file description holds the exclusive lock, 0 if none does, or a negated errno.
int csayiir_is_locked_elsewhere(int descriptor);

/// The text for an error number, copied into `buffer`.
void csayiir_error_text(int code, char *buffer, size_t length);

/// The pointer that the calling thread was marked with; null at first.
const void *csayiir_thread_mark(void);

/// Marks the calling thread.
void csayiir_set_thread_mark(const void *mark);

#endif
