/** A header field as it goes out. */
export type HeaderField = readonly [name: string, value: string];

/** One request of a test, as its file describes it. */
export interface FtwInput {
  readonly method: string;
  /** More than one are asked for one after the other, with the same fields. */
  readonly uris: readonly string[];
  readonly version: string;
  /** In the order in which they are sent. */
  readonly headers: readonly HeaderField[];
  readonly body: Buffer | null;
  /** The whole request in bytes: everything above is of no account then. */
  readonly raw: Buffer | null;
  /** Content-Type, Content-Length and Connection are added where they are missing. */
  readonly completesHeaders: boolean;
  /** Cookies of the answer go into the stages that follow. */
  readonly savesCookies: boolean;
  /** Goes where the answer before it pointed to. */
  readonly followsRedirect: boolean;
}

/** What must hold after a request. */
export interface FtwOutput {
  /** Any of these; null where the status is of no account. */
  readonly statuses: readonly number[] | null;
  /** Text that the answer (head and body) holds. */
  readonly responseContains: string | null;
  readonly expectIds: readonly number[];
  readonly noExpectIds: readonly number[];
  readonly matchRegex: RegExp | null;
  readonly noMatchRegex: RegExp | null;
  /** No answer that can be read as HTTP is to come; nothing else is looked at then. */
  readonly expectsError: boolean;
  /** The one rule of `expectIds` must be the only one that is logged. */
  readonly isIsolated: boolean;
  readonly retriesOnce: boolean;
}

export interface FtwStage {
  readonly input: FtwInput;
  readonly output: FtwOutput;
}

/** A test of a rule: `<rule>-<number>`, with its requests in their order. */
export interface FtwTest {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly stages: readonly FtwStage[];
  /** Why it can't be run (`file:line: reason`), or null. */
  readonly problem: string | null;
}
