import type { TransactionState } from './transaction-state.js';

/** Content types that the base configuration gives to a processor (rules 200000, 200001 and 200006 of ModSecurity's own). */
const BY_TYPE: readonly (readonly [pattern: RegExp, processor: TransactionState['bodyProcessor']])[] = [
  [/^application\/x-www-form-urlencoded/i, 'URLENCODED'],
  [/^multipart\/form-data/i, 'MULTIPART'],
  [/^application\/(?:[a-z0-9.-]+\+)?json/i, 'JSON'],
  [/^(?:application|text)\/(?:[a-z0-9.-]+\+)?xml/i, 'XML'],
];

/** The processor a content type asks for; empty when none. A rule may choose another by ctl:requestBodyProcessor. */
export function processorFor(contentType: string): TransactionState['bodyProcessor'] {
  if (contentType === '') return '';
  for (const [pattern, processor] of BY_TYPE) if (pattern.test(contentType)) return processor;
  return '';
}
