"""What the shipped weights were trained on and what was measured: the facts behind manifest.json and MODEL_CARD.md."""

from __future__ import annotations

NOTICE = (
    "Trained partly on data sets licensed for research or non-commercial use: "
    "use this model for research and evaluation only."
)
TRAINING_DATA = (
    "bsdata-pitting",
    "bsds500-trainval",
    "camvid",
    "car-parts",
    "clothing-ccp",
    "coco-inst-open",
    "coco-ncnd",
    "coco-open",
    "coco-person-ncnd",
    "coco-person-open",
    "davis16-val",
    "ecssd",
    "feral-cats",
    "labelme-facade",
    "magnetic-tile",
    "msrc-v2",
    "nuclei-dsb2018",
    "paris-artdeco-facades",
    "penn-fudan",
    "wbc",
    "weeds",
    "weizmann-horses",
)
# Mean IoU on 518 masks of 200 photos held out from training, clicks at the centre of the largest error, IoU at the
# photo's size; reported by the training run that made the weights. "kept" = only the part under the click.
METRICS = {
    "miou_1_oracle": 0.498,
    "miou_1_top": 0.409,
    "miou_3": 0.588,
    "miou_5": 0.693,
    "miou_box": 0.687,
    "miou_1_oracle_kept": 0.534,
    "miou_1_top_kept": 0.430,
}
