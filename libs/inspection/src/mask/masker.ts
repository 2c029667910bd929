import type { Settings } from '@phalanx/contracts';
import { printable } from '../printable.js';
import { maskCardNumbers } from './card-numbers.js';
import { MASK, maskValues, SecretFields } from './secret-values.js';

/** What a request carries, for finding the secrets in it. Text is one character per byte. */
export interface MaskedRequest {
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** More is neither searched for secrets nor written. */
const SCANNED_BYTES = 16_384;
const SCANNED_BODY_BYTES = 65_536;

/** Hides secrets and card numbers in everything that is about to be written. One per application policy. */
export class Masker {
  readonly #fields: SecretFields;
  readonly #maskCards: boolean;

  constructor(privacy: Settings['privacy']) {
    this.#fields = new SecretFields(privacy.maskedFields);
    this.#maskCards = privacy.maskCardNumbers;
  }

  /** A view that also knows the secret values of one request, so that they are found where their name is not beside them. */
  forRequest(request: MaskedRequest, body: string): RequestMasker {
    const secrets = new Set<string>();
    const query = request.query.slice(0, SCANNED_BYTES);
    this.#fields.collectQuery(query, secrets);
    this.#fields.collect(query, secrets);
    for (const [name, value] of request.headers) {
      if (name.toLowerCase() === 'cookie') {
        for (const pair of value.split(';')) {
          const equals = pair.indexOf('=');
          if (equals > 0) this.#fields.collectField(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim(), secrets);
        }
      } else this.#fields.collectField(name, value, secrets);
    }
    if (body !== '') this.#fields.collect(body.slice(0, SCANNED_BODY_BYTES), secrets);
    return new RequestMasker(this.#fields, this.#maskCards, secrets);
  }
}

/** Masks the texts of one request's event. All results are printable ASCII within the asked length. */
export class RequestMasker {
  readonly #fields: SecretFields;
  readonly #maskCards: boolean;
  readonly #secrets: ReadonlySet<string>;

  constructor(fields: SecretFields, maskCards: boolean, secrets: ReadonlySet<string>) {
    this.#fields = fields;
    this.#maskCards = maskCards;
    this.#secrets = secrets;
  }

  /** A free text: path, query, message, user agent. Masked first and cut then, so that no half of a number escapes the check. */
  text(bytes: string, limit: number): string {
    const scanned = bytes.length > SCANNED_BYTES ? bytes.slice(0, SCANNED_BYTES) : bytes;
    const fields = maskValues(this.#fields.maskWithin(scanned), this.#secrets);
    return printable(this.#maskCards ? maskCardNumbers(fields) : fields, limit);
  }

  /** The query part of a request target. */
  query(query: string, limit: number): string {
    return this.text(this.#fields.maskQuery(query.slice(0, SCANNED_BYTES)), limit);
  }

  /** The bytes that matched in a rule variable such as `ARGS:password`. */
  matched(variable: string, bytes: string, limit: number): string {
    return this.#fields.hasVariable(variable) ? MASK : this.text(bytes, limit);
  }

  /** A header's value. */
  header(name: string, value: string, limit: number): string {
    return this.#fields.hasName(name) ? MASK : this.text(value, limit);
  }
}
