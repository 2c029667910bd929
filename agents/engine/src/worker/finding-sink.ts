import type { ExchangeFacts, Finding, RequestMasker } from '@phalanx/inspection';

/** Where findings go before the answer does: event segments, or the stand-alone door's audit file. Must not throw. */
export interface FindingSink {
  record(facts: ExchangeFacts, finding: Finding, masker: RequestMasker): void;
}
