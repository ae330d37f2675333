/// What each metric means, in its one line of help.
enum MetricHelp {
  static let all = [
    "atelier_build_info": "1, with the version as a label.",
    "atelier_database_bytes": "Bytes of the database and its log.",
    "atelier_disk_free_bytes": "Bytes free where pictures are stored.",
    "atelier_event_sockets": "WebSockets that follow events.",
    "atelier_http_connections": "Open HTTP connections, WebSockets included.",
    "atelier_http_refused_total": "Refusals before any route: at the door, malformed, too large, too slow.",
    "atelier_http_responses_total": "Responses by status code.",
    "atelier_images_total": "Pictures of ended jobs.",
    "atelier_job_errors_total": "Failed jobs by error code.",
    "atelier_job_phase_seconds": "Seconds a finished attempt took, by phase.",
    "atelier_job_run_seconds": "Seconds from the start of a job's last attempt to its end.",
    "atelier_job_wait_seconds": "Seconds from a job's submission to the start of its last attempt.",
    "atelier_jobs_ended_total": "Ended jobs by state.",
    "atelier_jobs_running": "Jobs that workers have.",
    "atelier_jobs_submitted_total": "Jobs taken.",
    "atelier_jobs_waiting": "Jobs that wait: the depth of the queue.",
    "atelier_logins_total": "Log-ins with a right or a wrong password.",
    "atelier_refusals_total": "Refused requests by error code.",
    "atelier_retired_total": "What was forgotten because it was old or too much, by kind.",
    "atelier_worker_device_memory_bytes": "Device memory in use as the worker last said.",
    "atelier_worker_device_memory_total_bytes": "Device memory there is as the worker last said.",
    "atelier_worker_device_utilisation_ratio":
      "Share of the time the device computed, as the worker last said.",
    "atelier_worker_evaluations": "Model evaluations since the worker started.",
    "atelier_worker_heartbeat_age_seconds": "Seconds since the worker's last heartbeat.",
    "atelier_worker_state": "1 for the state the worker is in.",
    "atelier_worker_handover_seconds":
      "Seconds from a worker's word that its device is free to its next job, where one was waiting.",
    "atelier_workers": "Workers by state.",
    "process_open_fds": "Open descriptors.",
    "process_resident_memory_bytes": "Resident memory.",
  ]
}
