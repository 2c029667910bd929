import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@phalanx/kit';
import { debianCrs, sharedData } from '@phalanx/testing';

/** The base configuration that ModSecurity recommends, and the code-page table beside it, as Debian's module brings them. */
const RECOMMENDED = { conf: '/etc/nginx/modsecurity.conf', unicodeMap: '/etc/nginx/unicode.mapping' };

/** A Core Rule Set on disk: its rules with their data, and its set-up. */
export interface CrsFolder {
  readonly rules: string;
  readonly setup: string;
  readonly version: string;
}

/** CRS 4.25.1 of the test data. Throws `unavailable` where it is not there. */
export function crs4(): CrsFolder {
  const folder = sharedData('crs-4.25.1');
  if (folder === null)
    throw new AppError('unavailable', 'bench.no-crs', 'CRS 4.25.1 is not there; set PHALANX_SHARED_DATA to the test data');
  return { rules: join(folder, 'rules'), setup: join(folder, 'crs-setup.conf.example'), version: '4.25.1' };
}

/** CRS 3.3.4 of Debian's package. Throws `unavailable` with the command that installs it. */
export function crs3(): CrsFolder {
  const { rules, setup, packVersion } = debianCrs();
  return { rules, setup, version: packVersion };
}

export interface RuleSetOptions {
  readonly crs: CrsFolder;
  /** Leaves out the lines that ModSecurity 3.0.9 can't parse. */
  readonly forModSecurity: boolean;
  readonly auditFile: string;
  /** 1 to 4; 1 unless said. */
  readonly paranoiaLevel?: number;
  /** `Off` gives the same server without inspection. `On` unless said. */
  readonly ruleEngine?: 'On' | 'Off' | 'DetectionOnly';
  /** Lines of the base configuration put in after it. */
  readonly more?: readonly string[];
}

/** A rule set in a folder of its own. */
export interface RuleSet {
  /** The file to load; it includes the others. */
  readonly file: string;
  /** Lines of the pack that were left out for ModSecurity. */
  readonly leftOut: readonly string[];
}

/** Puts base configuration, set-up and pack into `folder`: the same for both engines, apart from lines that ModSecurity refuses. */
export function writeRuleSet(folder: string, options: RuleSetOptions): RuleSet {
  mkdirSync(join(folder, 'rules'), { recursive: true });
  const leftOut: string[] = [];
  for (const name of readdirSync(options.crs.rules)) {
    if (!/\.(?:conf|data)$/.test(name)) continue;
    const text = readFileSync(join(options.crs.rules, name), 'latin1');
    writeFileSync(join(folder, 'rules', name), options.forModSecurity ? withoutXmlAttributes(text, leftOut) : text, 'latin1');
  }
  writeFileSync(join(folder, 'base.conf'), [baseConfiguration(folder, options), ...(options.more ?? []), ''].join('\n'), 'latin1');
  writeFileSync(join(folder, 'crs-setup.conf'), readFileSync(options.crs.setup, 'latin1') + paranoia(options.paranoiaLevel ?? 1), 'latin1');
  const file = join(folder, 'main.conf');
  writeFileSync(file, ['base.conf', 'crs-setup.conf', 'rules/*.conf'].map((name) => `Include ${join(folder, name)}\n`).join(''));
  return { file, leftOut };
}

/** The recommended configuration, switched on, with its paths where this run keeps its files. */
function baseConfiguration(folder: string, { auditFile, ruleEngine = 'On' }: RuleSetOptions): string {
  return readFileSync(RECOMMENDED.conf, 'latin1')
    .replace(/^SecRuleEngine .*$/m, `SecRuleEngine ${ruleEngine}`)
    .replace(/^SecUnicodeMapFile \S+/m, `SecUnicodeMapFile ${RECOMMENDED.unicodeMap}`)
    .replace(/^SecAuditLog .*$/m, `SecAuditLog ${auditFile}`)
    .replace(/^Sec(Tmp|Data)Dir .*$/gm, (_line, kind: string) => `Sec${kind}Dir ${folder}`);
}

function paranoia(level: number): string {
  if (level === 1) return '';
  const variables = ['blocking_paranoia_level', 'detection_paranoia_level', 'paranoia_level', 'executing_paranoia_level'];
  return `\nSecAction "id:900001,phase:1,pass,nolog,t:none,${variables.map((name) => `setvar:tx.${name}=${level}`).join(',')}"\n`;
}

/** ModSecurity 3.0.9 refuses `ctl:ruleRemoveTargetByTag=…;XML://@*` (rule 901181). */
function withoutXmlAttributes(text: string, leftOut: string[]): string {
  const kept = text.split('\n').filter((line) => {
    const isRefused = /^\s*ctl:ruleRemoveTargetByTag=[^;]+;XML:\/\/@\*,\\$/.test(line);
    if (isRefused) leftOut.push(line.trim());
    return !isRefused;
  });
  return kept.join('\n');
}
