"""The fast decoder: SAM's mask decoder, exactly, without rebuilding the image tokens on every click.

The image tokens (4,096 of 256 channels) outnumber the prompt's (fewer than a dozen), and nearly all of the plain
decoder's arithmetic projects image tokens. Write x for them, with one column of attention weights per head and
prompt token. Each image-to-token attention adds `Aᵀ B` to x, where A are those weights (8T rows over the pixels, of
which each head spares one, since its weights sum to one) and B = V_h Wo_h is a short list of vectors; the layer norm
that follows centres, scales by one number r per pixel, and stretches channels. So after both layers

    x₁ = γ₁ r₁ (X + A₀ᵀ B₀) + β₁            X = centred(x₀ + b)             known once per image
    x₂ = γ₂ r₂ (r₁ (Z + A₀ᵀ B₀') + A₁ᵀ B₁ + b₂) + β₂      Z = centred(γ₁ X)    known once per image

and every linear map of them is a map of X or Z, prepared once per image, plus a product with the few columns A.
The pixel variances behind r need no image tokens either: |X + A₀ᵀB₀|² is |X|² (prepared), a cross term
(prepared maps of X against V) and a quadratic form of A in the Gram matrix of B. What is the same for all keys of a
query vanishes in the softmax; positions are constants of the model.

A mask prompt changes x₀ by the last layer of its encoder, a 1×1 convolution from 16 channels: seventeen more
columns (those channels and a constant row).

Exact up to rounding, with one weak spot: where |X + A₀ᵀB₀|² is far smaller than the parts it is summed from, the
variance loses digits. The graph returns `guard`, the smallest such share over all pixels and both layers, so that the
caller can fall back to the plain graph; see `sam_backend.sessions.fast`.
"""

from __future__ import annotations
