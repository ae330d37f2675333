#include "cuda/device.h"

#include <stdlib.h>

// Calls of one step as one graph: the host then asks once, not some hundreds of times.

struct ck_graph {
  ck_cu_graph_exec exec;
};

ck_status ck_cuda_record_begin(ck_device *device) {
  ck_status status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  if (device->capturing)
    return ck_cuda_fail(device, CK_BAD_ARGUMENT, "a graph is being recorded already");
  // Relaxed: memory may be allocated meanwhile; it is no part of the graph.
  status = ck_cuda_check(device, device->api->cuStreamBeginCapture_v2(device->stream, CK_CU_CAPTURE_RELAXED),
                         "recording a graph");
  device->capturing = status == CK_OK;
  return status;
}

ck_status ck_cuda_record_end(ck_device *device, ck_graph **result) {
  *result = NULL;
  ck_cu_graph recorded = NULL;
  if (!device->capturing)
    return CK_BAD_ARGUMENT;
  device->capturing = 0;
  ck_status status = ck_cuda_enter(device);
  if (status == CK_OK)
    status = ck_cuda_check(device, device->api->cuStreamEndCapture(device->stream, &recorded),
                           "recording a graph");
  ck_graph *graph = status == CK_OK ? calloc(1, sizeof *graph) : NULL;
  if (graph != NULL)
    status = ck_cuda_check(device, device->api->cuGraphInstantiateWithFlags(&graph->exec, recorded, 0),
                           "making a graph");
  else if (status == CK_OK)
    status = CK_OUT_OF_MEMORY;
  if (recorded != NULL)
    device->api->cuGraphDestroy(recorded);
  if (status != CK_OK) {
    free(graph);
    return status;
  }
  device->graphs++;
  *result = graph;
  return CK_OK;
}

ck_status ck_cuda_replay(ck_device *device, ck_graph *graph) {
  ck_status status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  // The host stays at most two steps ahead: progress is then near the truth, and cancelling takes effect.
  ck_cu_event pace = device->pace[device->launches++ % 2];
  status = ck_cuda_check(device, device->api->cuEventSynchronize(pace), "waiting for a step");
  if (status == CK_OK)
    status =
        ck_cuda_check(device, device->api->cuGraphLaunch(graph->exec, device->stream), "starting a graph");
  if (status == CK_OK)
    status = ck_cuda_check(device, device->api->cuEventRecord(pace, device->stream), "marking a step");
  return status;
}

void ck_cuda_release_graph(ck_device *device, ck_graph *graph) {
  if (ck_cuda_enter(device) == CK_OK) {
    device->api->cuStreamSynchronize(device->stream); // it may be under way
    device->api->cuGraphExecDestroy(graph->exec);
    device->graphs--;
    ck_cuda_free_retired(device);
  }
  free(graph);
}
