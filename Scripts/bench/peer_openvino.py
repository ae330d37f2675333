"""OpenVINO, from networks that `convert_openvino.py` wrote."""
import openvino
import torch

import measure


def main():
    given = measure.arguments()
    measure.settle(given.threads)
    laps = measure.Laps()
    core = openvino.Core()
    core.set_property("CPU", {
        "INFERENCE_NUM_THREADS": given.threads,
        "INFERENCE_PRECISION_HINT": "bf16" if given.bf16 else "f32",
        "PERFORMANCE_HINT": "LATENCY",
    })
    networks = [core.compile_model(f"{given.converted}/{part}.xml", "CPU") for part in ("text", "unet", "vae")]
    text, unet, vae = [lambda *inputs, network=network: torch.from_numpy(network(inputs)[0]) for network in networks]
    ids = measure.token_ids(given.model)
    load = laps()
    run = lambda: measure.picture(  # noqa: E731
        given, ids, text, lambda latents, timestep, hidden: unet(latents, timestep.float(), hidden), vae)
    measure.report(load, [run() for _ in range(given.pictures)])


if __name__ == "__main__":
    main()
