import type { Settings } from '@phalanx/contracts';
import type { CollectionStore, Ruleset } from '@phalanx/seclang';
import type { ExchangeFacts } from './exchange-facts.js';
import { Inspection, type InspectionBasis } from './inspection.js';
import { Masker } from './mask/masker.js';

const PHASES = [1, 2, 3, 4, 5];

/** Inspects the exchanges of one application under one policy and ruleset. Shared by all of them and never changed. */
export class ApplicationInspector implements InspectionBasis {
  readonly settings: Settings;
  readonly ruleset: Ruleset | null;
  readonly collections: CollectionStore | null;
  readonly masker: Masker;

  /** `collections`: where persistent collections live; null for the memory of this process. */
  constructor(settings: Settings, ruleset: Ruleset | null, collections: CollectionStore | null = null) {
    this.settings = settings;
    // Without a single rule there is nothing to take a request apart for.
    this.ruleset = ruleset !== null && hasRules(ruleset) ? ruleset : null;
    this.collections = collections;
    this.masker = new Masker(settings.privacy);
  }

  begin(facts: ExchangeFacts): Inspection {
    return new Inspection(this, facts);
  }
}

function hasRules(ruleset: Ruleset): boolean {
  return PHASES.some((phase) => ruleset.plan(phase).steps.length > 0);
}
