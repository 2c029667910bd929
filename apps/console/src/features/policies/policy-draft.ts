import { type PolicyDocument, policyDocumentSchema, SETTING_PATHS, settingAt } from '@phalanx/contracts';

/** A document while it is edited: shaped like one, its values not checked yet. */
export interface Draft {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly locks: readonly string[];
}

export function draftOf(document: PolicyDocument): Draft {
  return { settings: structuredClone(document.settings) as Record<string, unknown>, locks: [...document.locks] };
}

/** The value that the draft sets at a path; undefined where it leaves it to the layers above. */
export function draftValue(draft: Draft, path: string): unknown {
  return settingAt(draft.settings as PolicyDocument['settings'], path);
}

/** The draft with a value set, or left to the layers above when undefined. Groups that become empty go away. */
export function withValue(draft: Draft, path: string, value: unknown): Draft {
  const [group, member] = path.split('.') as [string, string | undefined];
  const { [group]: old, ...others } = draft.settings;
  if (member === undefined) return { ...draft, settings: value === undefined ? others : { ...others, [group]: value } };
  const { [member]: _before, ...rest } = (old ?? {}) as Record<string, unknown>;
  const members = value === undefined ? rest : { ...rest, [member]: value };
  return { ...draft, settings: Object.keys(members).length === 0 ? others : { ...others, [group]: members } };
}

export function withLock(draft: Draft, path: string, isLocked: boolean): Draft {
  const locks = draft.locks.filter((lock) => lock !== path);
  return { ...draft, locks: isLocked ? [...locks, path] : locks };
}

/** One thing that is wrong with a draft. `path` is a setting's, or that of the place within the document. */
export interface DraftIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly values: Readonly<Record<string, string | number>>;
}

export type DraftCheck =
  { readonly document: PolicyDocument; readonly issues: readonly [] } | { readonly document: null; readonly issues: readonly DraftIssue[] };

/** Checks a draft against the contract. */
export function checkDraft(draft: unknown): DraftCheck {
  const parsed = policyDocumentSchema.safeParse(draft);
  if (parsed.success) return { document: parsed.data, issues: [] };
  return {
    document: null,
    issues: parsed.error.issues.map((issue) => {
      const { code, message, path } = issue;
      const shown = path[0] === 'settings' ? path.slice(1) : path;
      const limit = code === 'too_small' ? issue.minimum : code === 'too_big' ? issue.maximum : null;
      return {
        path: shown.map(String).join('.'),
        code,
        message,
        values: {
          ...(limit === null ? {} : { limit: Number(limit) }),
          ...(code === 'unrecognized_keys' ? { keys: issue.keys.join(', ') } : {}),
          ...(code === 'invalid_value' ? { values: issue.values.map(String).join(', ') } : {}),
        },
      };
    }),
  };
}

/** Issues at a setting or below it. */
export function issuesAt(issues: readonly DraftIssue[], path: string): readonly DraftIssue[] {
  return issues.filter((issue) => issue.path === path || issue.path.startsWith(`${path}.`));
}

export interface DocumentChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What differs between two documents: settings by their path, then locks. */
export function diffDocuments(from: PolicyDocument, to: PolicyDocument): readonly DocumentChange[] {
  const changes: DocumentChange[] = [];
  for (const path of SETTING_PATHS) {
    const [before, after] = [settingAt(from.settings, path), settingAt(to.settings, path)];
    if (JSON.stringify(before) !== JSON.stringify(after)) changes.push({ path, from: before, to: after });
  }
  const [before, after] = [[...from.locks].sort(), [...to.locks].sort()];
  if (before.join() !== after.join()) changes.push({ path: 'locks', from: before, to: after });
  return changes;
}
