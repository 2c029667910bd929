import { nameSchema, policyDocumentSchema, policyScopeSchema, slugSchema, uuidSchema, type PolicyWriteResult } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { Command } from 'commander';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type OutputFormat, print } from '../output/print.js';
import { printable } from '../output/table.js';
import { RESOURCES } from '../resources.js';
import type { ApiClient } from '../session/api-client.js';
import { openClient, outputOption, resourceId, tenantId } from './context.js';
import { readFileArgument } from './file-argument.js';

/** What stands in the file that `apply -f` takes. */
const policyFileSchema = z
  .strictObject({
    kind: z.literal('Policy'),
    scope: policyScopeSchema,
    tenant: z.union([uuidSchema, slugSchema]).optional(),
    application: z.union([uuidSchema, nameSchema]).optional(),
    comment: z.string().max(500).default(''),
    settings: policyDocumentSchema.shape.settings,
    locks: policyDocumentSchema.shape.locks.default([]),
  })
  .refine((file) => file.scope !== 'tenant' || file.tenant !== undefined, 'scope tenant needs `tenant`')
  .refine((file) => file.scope !== 'application' || file.application !== undefined, 'scope application needs `application`');
export type PolicyFile = z.infer<typeof policyFileSchema>;

/** Parses a policy file. Throws `invalid` with every place that is wrong, by line where YAML itself is. */
export function parsePolicyFile(text: string, name: string): PolicyFile {
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem) throw new AppError('invalid', 'cli.bad-yaml', `${name}: ${problem.message}`);
  const parsed = policyFileSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => `\n  ${issue.path.join('.') || '(file)'}: ${issue.message}`).join('');
  throw new AppError('invalid', 'cli.bad-policy', `${name} is no policy:${places}`);
}

async function pathOf(api: ApiClient, file: PolicyFile): Promise<string> {
  if (file.scope === 'provider') return '/api/v1/policies/provider';
  const tenant = file.tenant === undefined ? undefined : await tenantId(api, file.tenant);
  if (file.scope === 'tenant') return `/api/v1/policies/tenants/${tenant}`;
  return `/api/v1/policies/applications/${await resourceId(api, RESOURCES.applications, file.application!, tenant)}`;
}

const value = (item: unknown): string => (item === null || item === undefined ? '(not set)' : printable(JSON.stringify(item)));

/** The change as a person reads it: what the document changes, then whose effective settings change. */
export function describeChange(result: PolicyWriteResult): string {
  if (result.changes.length === 0) return 'nothing changes';
  const lines = result.changes.flatMap((change) => [`  ${change.path}`, `-   ${value(change.from)}`, `+   ${value(change.to)}`]);
  const affected = result.affected.map(
    (application) =>
      `  ${printable(application.name)}: ${application.changes.map((change) => `${change.path} ${value(change.from)} -> ${value(change.to)}`).join('; ')}`,
  );
  return [
    ...lines,
    affected.length === 0 ? 'no application is affected' : `affects ${affected.length} application${affected.length === 1 ? '' : 's'}:`,
    ...affected,
  ].join('\n');
}

async function apply(options: { file: string; dryRun?: boolean; output: OutputFormat }): Promise<void> {
  const file = parsePolicyFile(readFileArgument(options.file), options.file);
  const api = openClient();
  const path = await pathOf(api, file);
  const body = { document: { settings: file.settings, locks: file.locks }, comment: file.comment };
  // Written against the version that was looked at: who changed it meanwhile is not overwritten.
  const { etag } = await api.get(path);
  const ifMatch = etag === null ? {} : { 'if-match': etag };
  const preview = await api.send<PolicyWriteResult>('PUT', `${path}?dryRun=true`, body, ifMatch);
  const isDone = options.dryRun === true || preview.body.changes.length === 0;
  const result = isDone ? preview : await api.send<PolicyWriteResult>('PUT', path, body, ifMatch);
  print(options.output, result.body, () => {
    const closing =
      result.body.changes.length === 0
        ? ''
        : options.dryRun
          ? '\ndry run: nothing was changed'
          : `\napplied as version ${result.body.policy?.version}`;
    return describeChange(result.body) + closing;
  });
}

export function addApplyCommand(program: Command): void {
  program
    .command('apply')
    .description('write a policy from a file, showing what it changes')
    .requiredOption('-f, --file <file>', 'YAML file, or - for standard input')
    .option('--dry-run', 'only show what would change')
    .addOption(outputOption())
    .action(apply);
}
