"""Every key of the web UI's text fills the form, or it is said that it does not; a text alone makes the picture again."""

import json

import infotext_keys as keys

READ = """
    const done = arguments[arguments.length - 1];
    Promise.all([import('/js/reading/infotext.js'), import('/js/reading/translate.js'), import('/js/reading/fill.js')])
      .then(([{readInfotext}, {translate}]) => done(arguments[0].map((text) => {
        const {prompt, negative, settings: pairs} = readInfotext(text);
        return {prompt, negative, ...translate(pairs)};
      })), (error) => done(String(error)));"""


def read(page, texts):
    answer = page.driver.execute_async_script(READ, texts)
    assert isinstance(answer, list), answer
    return answer


def test_every_key_is_taken_over_or_named(page, quick):
    page.open(**quick)
    rows = [(key, value) for key, value, _ in keys.TAKEN] + keys.MISSING + keys.UNUSED + keys.SILENT
    answers = read(page, [keys.text(row) for row in rows])
    assert all(answer["prompt"] == "a (red:1.2) circle" and answer["negative"] == "blurry,\nugly" for answer in answers)
    by_row = dict(zip(rows, answers))
    for key, value, settings in keys.TAKEN:
        found = by_row[key, value]
        assert {name: found["settings"].get(name) for name in settings} == settings, (key, found)
        assert {note["key"] for note in found["notes"]} <= {"read.source"}, (key, found["notes"])
    for row in keys.MISSING + keys.UNUSED:
        assert row[0].split(" hash")[0] in json.dumps(by_row[row]["notes"]) or row[1] in json.dumps(by_row[row]["notes"]), row
    for row in keys.SILENT:
        assert by_row[row]["notes"] == [], row


REQUESTS = [
    {"sampler": "Euler a", "schedule": "karras", "eta": 0.5, "clip_skip": 2, "variation_strength": 0.3, "variation_seed": 9,
     "seed_delta": 31337, "emphasis": "no_norm", "noise_source": "nv", "watermark": "by, a: b", "negative_prompt": "dull",
     "seed_resize_from_w": 32, "seed_resize_from_h": 96, "tiling": True},
    {"sampler": "Euler", "schedule": "polyexponential", "sigma_churn": 2, "sigma_tmin": 0.5, "sigma_tmax": 9,
     "sigma_noise": 1.02, "schedule_sigma_min": 0.1, "schedule_sigma_max": 11, "schedule_rho": 2},
    {"sampler": "DDIM", "schedule": "trailing", "hires_scale": 1.5, "hires_upscaler": "Latent (bicubic)", "hires_steps": 2,
     "hires_strength": 0.6, "hires_sampler": "Euler", "hires_schedule": "exponential", "hires_prompt": "a: b, c",
     "hires_negative_prompt": "dull"},
    {"mode": "img2img", "strength": 0.55},
    {"mode": "inpaint", "strength": 0.8, "mask_blur": 2, "mask_invert": True, "inpaint_fill": "latent_noise",
     "inpaint_area": "masked", "mask_padding": 8},
]


def test_the_text_of_a_picture_alone_gives_its_request_back(page, quick):
    page.open(**quick)
    make = """
        const [bodies, done] = [arguments[0], arguments[arguments.length - 1]];
        (async () => {
          const canvas = new OffscreenCanvas(64, 64);
          const pen = canvas.getContext('2d');
          pen.fillRect(0, 0, 64, 64);
          pen.fillStyle = 'white';
          pen.fillRect(16, 16, 24, 24);
          const file = await canvas.convertToBlob({type: 'image/png'});
          const upload = await (await fetch('/api/uploads', {method: 'POST', body: file, headers: {'Content-Type': 'image/png'}})).json();
          const pictures = [];
          for (const body of bodies) {
            if (body.mode) body.init_image = upload.id;
            if (body.mode === 'inpaint') body.mask = upload.id;
            let job = await (await fetch('/api/jobs', {method: 'POST', body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}})).json();
            if (!job.id) throw JSON.stringify(job);
            while (!['finished', 'failed'].includes(job.state)) {
              await new Promise((resolve) => setTimeout(resolve, 100));
              job = await (await fetch('/api/jobs/' + job.id)).json();
            }
            if (job.state === 'failed') throw JSON.stringify(job);
            pictures.push(job.images[0].url);
          }
          return pictures;
        })().then(done, (error) => done(String(error)));"""
    bodies = [{"prompt": "a (red:1.2) circle", "steps": 3, "width": 64, "height": 64, "seed": 11, **fields} for fields in REQUESTS]
    urls = page.driver.execute_async_script(make, bodies)
    assert isinstance(urls, list), urls
    texts = [page.picture_text("parameters", url) for url in urls]
    known = {key for key, *_ in keys.TAKEN + keys.MISSING + keys.UNUSED + keys.SILENT}
    for body, url, found in zip(bodies, urls, read(page, texts)):
        record = json.loads(page.picture_text("atelier", url))
        expected = {name: value for name, value in record.items() if value is not None
                    and name not in ("init_image_file", "mask_file", "negative_prompt", "prompt", "batch_count", "resize_mode")}
        told = {"mode": "txt2img", **found["settings"]}
        # A text has the variation's seed of the one picture, which is the request's.
        assert {name: told.get(name) for name in expected} == expected, (body, found["settings"])
        assert (found["prompt"], found["negative"]) == (record["prompt"], record["negative_prompt"])
    # Nothing is written that the table does not know.
    line = [page.script("""
        return import('/js/reading/infotext.js').then(({readInfotext}) => [...readInfotext(arguments[0]).settings.keys()])""", text)
            for text in texts]
    assert {name.removesuffix("-1").removesuffix("-2") for names in line for name in names} <= known
