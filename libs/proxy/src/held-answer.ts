import type { BodyLimits } from './config.js';
import type { ServerContext } from './context.js';
import type { Downstream } from './downstream.js';
import type { BodyBytes } from './gate.js';
import { HeldBody, type HoldResult } from './held-body.js';

/** The body of an origin's answer, held until its verdict. A small one that came whole is neither copied nor stored. */
export class HeldAnswer {
  readonly #context: ServerContext;
  readonly #limits: BodyLimits;
  #text: string | null = null;
  #body: HeldBody | null = null;

  constructor(context: ServerContext, limits: BodyLimits) {
    this.#context = context;
    this.#limits = limits;
  }

  get size(): number {
    return this.#text?.length ?? this.#body?.store.size ?? 0;
  }

  /** What is judged: everything up to the limit. */
  inspected(): BodyBytes {
    return this.#text ?? this.#body?.inspected() ?? '';
  }

  /** Takes the whole body as text, one character per byte. */
  hold(text: string): HoldResult {
    if (text.length > this.#limits.responseBodyLimitBytes) return this.push(Buffer.from(text, 'latin1'));
    this.#text = text;
    return 'held';
  }

  /** Takes a further piece. */
  push(piece: Buffer): HoldResult {
    this.#body ??= HeldBody.make(this.#context, this.#limits, this.#limits.responseBodyLimitBytes);
    return this.#body.push(piece);
  }

  /** Passes on what was held, and frees it. False when the client takes it slower than it comes. */
  writeTo(down: Downstream): boolean {
    if (this.#text !== null) return down.writeText(this.#text);
    const store = this.#body?.store;
    let isFlowing = true;
    for (let piece = store?.next() ?? null; piece !== null; piece = store?.next() ?? null) isFlowing = down.writeBody(piece);
    this.close();
    return isFlowing;
  }

  close(): void {
    this.#body?.store.close();
  }
}
