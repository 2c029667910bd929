import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { ruleFileSources, rulesetSources } from '@phalanx/inspection';
import { nodeDisk } from '@phalanx/kit';
import { compileRuleset } from '@phalanx/seclang';
import { carriedError } from '../engine-errors.js';
import type { CompileAnswer, CompiledRuleset, CompileRequest } from './compile-messages.js';

/** Compiles and writes the artefact, durably, under its digest. */
function compile({ rules, folder }: CompileRequest): CompiledRuleset {
  const { sources, resolveFile } = rules.kind === 'files' ? ruleFileSources(rules.paths) : rulesetSources(rules.pack, rules.signatures);
  const { artefact, digest, report } = compileRuleset(sources, { resolveFile });
  nodeDisk.replace(join(folder, `${digest}.rules`), artefact);
  return { digest, rules: report.rules, skipped: report.skipped.map(({ file, line, reason }) => `${file}:${line}: ${reason}`) };
}

function answer(request: CompileRequest): CompileAnswer {
  try {
    return { id: request.id, ok: true, compiled: compile(request) };
  } catch (error) {
    return { id: request.id, ok: false, error: carriedError(error) };
  }
}

parentPort?.on('message', (request: CompileRequest) => parentPort?.postMessage(answer(request)));
