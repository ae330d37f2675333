#ifndef ATELIER_HOST_TIMESTEP_H
#define ATELIER_HOST_TIMESTEP_H

#include "CKernels.h"

// ck_backend.timestep_embedding on the calling thread: small, and made once a schedule.
ck_status ck_host_timestep_embedding(ck_device *device, const ck_timestep_call *call);

#endif
