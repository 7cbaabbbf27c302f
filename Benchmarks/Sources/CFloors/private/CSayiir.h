#include "../../../../Sources/CSayiir/include/CSayiir.h"
