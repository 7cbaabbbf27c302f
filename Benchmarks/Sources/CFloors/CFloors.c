// The log's own checksum, to measure it alone: the library does not export it. Compiled from its source, under other names.

#define csayiir_crc32c floors_log_crc32c
#define csayiir_synchronize floors_log_synchronize
#define csayiir_synchronize_directory floors_log_synchronize_directory
#define csayiir_lock floors_log_lock
#define csayiir_is_locked_elsewhere floors_log_is_locked_elsewhere
#define csayiir_error_text floors_log_error_text

#include "../../../Sources/CSayiir/CSayiir.c"

#include "CFloors.h"

uint32_t floors_crc32c(uint32_t crc, const void *bytes, size_t length) { return floors_log_crc32c(crc, bytes, length); }
