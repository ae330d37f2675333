"""Every setting that the server lists has a control of its own somewhere on the page."""

from drops import drop, png
from test_source import start_from

# Settings whose control is another one's name: what is chosen there is what is sent.
GROUPS = {
    "mode": "input[name=segments-mode]", "batch_count": "input[name=segments-batch_count]", "width": "#field-width",
    "height": "#field-height", "steps": "#field-steps", "guidance_scale": "#field-guidance_scale", "styles": ".styles, #field-styles",
}


def shown(page, names):
    """Which of the settings have a control that can be used now."""
    return set(page.script("""
        const [names, groups] = arguments;
        const seen = (node) => node && node.getClientRects().length > 0 && !node.disabled;
        return names.filter((name) => [...document.querySelectorAll(groups[name] ?? `#field-${CSS.escape(name)}`)].some(
          (node) => seen(node) || seen(node.closest('label')) || seen(document.querySelector(`label[for="${node.id}"]`))));
    """, names, GROUPS))


def test_every_listed_setting_can_be_set_on_the_page(page, quick, service):
    client = service.client()
    offers = client.request("GET", "/api/capabilities").json()
    names = [entry["name"] for entry in offers["parameters"]]
    assert len(names) > 50
    # What depends on another setting shows with it.
    page.open(**{**quick, "hires_scale": 2, "variation_strength": 0.2, "loopback": "linear", "inpaint_area": "masked",
                 "seed_resize_from_w": 64})
    found = set()
    for mode in ("txt2img", "img2img", "inpaint", "upscale"):
        if mode != "txt2img":
            start_from(page, mode)
            found |= shown(page, names)
            if not page.shown(".well-picture"):
                drop(page, png(width=64, height=64), ".well")
                page.until(lambda: page.shown(".well-picture"), "the picture is seen")
        last = "#field-upscale_by" if mode == "upscale" else "#field-eta"
        # What is unfolded is fetched first, and has folds of its own.
        page.until(lambda: page.unfold() or page.shown(last), "the settings", 20)
        page.unfold()
        found |= shown(page, names)
    # Lists of files that this worker has none of have nothing to choose.
    nothing = {"vae": "vaes", "styles": "styles"}
    missing = [name for name in names if name not in found and offers.get(nothing.get(name, ""), True)]
    assert missing == []
