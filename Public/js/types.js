/**
 * The shapes of the server's JSON, for JSDoc only.
 *
 * @typedef {{id: string, name: string, role: "user"|"admin"}} User
 * @typedef {{access: "single"|"open"|"accounts", user: User|null}} Session
 *   `user`: null while nobody is logged in.
 * @typedef {"queued"|"assigned"|"running"|"finished"|"failed"|"cancelled"} JobState
 * @typedef {{mode: string, prompt: string, negative_prompt: string, model: string, sampler: string,
 *   schedule: string, steps: number, guidance_scale: number, width: number, height: number,
 *   batch_count: number, seed: number|string, eta?: number|null, clip_skip?: number|null,
 *   emphasis?: string|null, noise_source?: string|null, variation_seed?: number|string|null,
 *   variation_strength?: number|null, seed_delta?: number|null, sigma_churn?: number|null,
 *   sigma_tmin?: number|null, sigma_tmax?: number|null, sigma_noise?: number|null, inpaint_area?: string|null,
 *   init_image?: string|null, init_image_file?: {width: number, height: number}|null}} GenerationRequest
 * @typedef {{phase: "loading"|"encoding"|"denoising"|"decoding"|"saving", done: number, total: number,
 *   eta_seconds?: number|null}} Progress
 *   A seed that a number cannot hold exactly is a string of digits.
 * @typedef {{id: string, index: number, seed: number|string, width: number, height: number, url: string,
 *   favourite: boolean, nsfw_content_detected?: boolean}} Image
 *   `nsfw_content_detected`: the safety checker made it black.
 * @typedef {{code: string, message: string, field?: string}} UserError
 * @typedef {{id: string, state: JobState, position?: number|null, estimated_start_seconds?: number|null,
 *   request: GenerationRequest, progress?: Progress|null, images: Image[], attempt: number,
 *   error?: UserError|null, created_at: string, started_at?: string|null, finished_at?: string|null,
 *   grid_id?: string|null, local?: boolean, note?: string}} Job
 *   `local`: not yet accepted by the server; `note`: why not.
 * @typedef {{axis: string, field?: string|null, labels: string[]}} GridAxis
 *   `axis`: the setting's name as AUTOMATIC1111 has it; `field`: in a request.
 * @typedef {{id: string, x: GridAxis|null, y: GridAxis|null, z: GridAxis|null, total: number, created_at: string,
 *   cells: {x: number, y: number, z: number, job: Job}[]}} Grid
 * @typedef {{width: number, height: number, steps: number, guidance_scale: number, sampler: string,
 *   schedule: string}} Defaults
 * @typedef {{name: string, family: string, sha256?: string|null, bytes: number, precision: string,
 *   defaults: Defaults, examples: {en: string, fr: string}[]}} Model
 * @typedef {{prompt_bytes: number, min_steps: number, max_steps: number, min_guidance_scale: number,
 *   max_guidance_scale: number, min_side: number, max_side: number, side_multiple: number,
 *   max_pixels: number, max_batch_count: number, max_seed: number, jobs_per_user: number, grid_cells?: number, upload_bytes?: number}} Limits
 * @typedef {{name: string, sha256?: string, size_bytes?: number, family?: string}} WeightFile
 * @typedef {{version: string, limits: Limits, defaults?: Defaults|null, models: Model[],
 *   samplers: {name: string, aliases?: string[], schedules?: string[]}[], schedules: {name: string, aliases?: string[]}[],
 *   modes: string[], parameters?: Parameter[], loras?: WeightFile[], embeddings?: WeightFile[],
 *   hypernetworks?: WeightFile[], vaes?: WeightFile[], upscalers?: {name: string}[],
 *   styles?: {name: string, prompt: string, negative_prompt: string}[],
 *   workers: {name: string, device: string, state: "ready"|"busy"|"offline"}[]}} Capabilities
 * @typedef {{name: string, type: string, min?: number, max?: number, step?: number, default?: any,
 *   choices?: string[], label?: {en: string, fr: string}}} Parameter
 * @typedef {{prompt: string, negative_prompt: string, shape: string, model?: string, sampler?: string,
 *   schedule?: string, steps?: number, guidance_scale?: number, width?: number, height?: number,
 *   batch_count: number, seed: number|string|null, mode?: string, styles?: string[], source?: Source,
 *   mask?: string}} Settings
 *   What the composer remembers, with every other setting the server lists by its own name; what is left out follows
 *   the model's defaults. `mask`: id of an upload.
 * @typedef {{id: string, width: number, height: number}} Source
 *   The picture to start from: an upload, or one of the user's own.
 */
export {};
