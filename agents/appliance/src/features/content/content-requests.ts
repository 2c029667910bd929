import { randomUUID } from 'node:crypto';
import { type ContentAnswerHead, contentAnswerHeadSchema, type ContentRequest } from '@phalanx/contracts';
import { AppError, type Logger, sleep } from '@phalanx/kit';
import type { ControllerLink } from '../../platform/controller-link.js';

type WithoutId<R> = R extends ContentRequest ? Omit<R, 'requestId'> : never;
/** A content request before it has its number. */
export type ContentQuestion = WithoutId<ContentRequest>;

export interface ContentRequestOptions {
  /** How long one request waits for its answer. */
  readonly answerMs?: number;
  /** How often one question is asked before it is given up. */
  readonly attempts?: number;
}

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Answer {
  readonly head: ContentAnswerHead;
  readonly body: Buffer;
}

const LINE_FEED = 0x0a;

/** Asks the controller for content and matches its answers. A break of the connection ends what is pending; the caller asks again. */
export class ContentRequests {
  private readonly pending = new Map<string, Pending>();
  private readonly answerMs: number;
  private readonly attempts: number;

  constructor(
    private readonly link: ControllerLink,
    private readonly logger: Logger,
    private readonly signal: AbortSignal,
    { answerMs = 5_000, attempts = 4 }: ContentRequestOptions = {},
  ) {
    this.answerMs = answerMs;
    this.attempts = attempts;
    link.onDown('content', (payload) => this.take(payload));
    link.onDisconnected((reason) => this.failAll(new AppError('unavailable', 'content.no-link', `the connection broke: ${reason}`)));
    signal.addEventListener('abort', () => this.failAll(signal.reason), { once: true });
  }

  /** The bytes, or null where the controller has none for this box. Throws `unavailable` when no answer comes. */
  async ask(question: ContentQuestion): Promise<Buffer | null> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.askOnce(question, attempt);
      if (answer?.head.status === 'ok') return answer.body;
      if (answer?.head.status === 'missing') return null;
      if (attempt >= this.attempts) throw new AppError('unavailable', 'content.no-answer', 'the controller does not answer for content');
      if (answer?.head.status === 'busy') await sleep(Math.min(answer.head.retryAfterMs, 30_000), this.signal);
    }
  }

  /** Null when the deadline passed without an answer. */
  private async askOnce(question: ContentQuestion, attempt: number): Promise<Answer | null> {
    const requestId = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<Answer | null>((resolve, reject) => {
      this.pending.set(requestId, { resolve, reject });
      timer = setTimeout(() => resolve(null), this.answerMs * attempt);
    });
    // Handled here already: the publish below may fail first.
    answered.catch(() => undefined);
    try {
      this.signal.throwIfAborted();
      await this.link.publish('content', JSON.stringify({ ...question, requestId }));
      return await answered;
    } finally {
      clearTimeout(timer);
      this.pending.delete(requestId);
    }
  }

  private take(payload: Buffer): void {
    const end = payload.indexOf(LINE_FEED);
    const head = end < 0 ? null : parseHead(payload.subarray(0, end));
    if (!head) {
      this.logger.warn('a content answer is malformed and ignored');
      return;
    }
    const body = payload.subarray(end + 1);
    if (head.status === 'ok' && head.length !== body.length) {
      this.logger.warn('a content answer is shorter or longer than it says and is ignored');
      return;
    }
    // An answer that came too late has nobody waiting.
    this.pending.get(head.requestId)?.resolve({ head, body });
  }

  private failAll(error: unknown): void {
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

function parseHead(bytes: Buffer): ContentAnswerHead | null {
  try {
    const parsed = contentAnswerHeadSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
