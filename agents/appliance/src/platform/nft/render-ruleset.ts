import { AppError } from '@phalanx/kit';
import {
  type NftChain,
  type NftRate,
  type NftRule,
  type NftSet,
  type NftTable,
  FIELDS,
  type Selector,
  type Term,
  type Value,
} from './ruleset.js';

const WORD = /^[A-Za-z0-9_.:/-]+( [a-z-]+)*$/;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/;
const KNOWN_FIELDS: ReadonlySet<string> = new Set(FIELDS);

/** The one place where rules become text for `nft -f -`. Throws `bug` rather than write what nft could read as something else. */
export function renderTable(table: NftTable): string {
  const lines = [
    `table ${table.family} ${name(table.name)} {`,
    ...table.counters.map((counter) => `  counter ${name(counter)} {\n  }`),
    ...table.sets.map(renderSet),
    // Declared before they are jumped to, whatever their order.
    ...table.chains.map((chain) => `  chain ${name(chain.name)} {\n${renderHook(chain)}  }`),
    '}',
    `table ${table.family} ${table.name} {`,
    ...table.chains.filter(({ rules }) => rules.length > 0).map(renderRules),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function renderSet(set: NftSet): string {
  const key = 'types' in set.key ? `type ${set.key.types.map(name).join(' . ')}` : `typeof ${set.key.fields.map(selector).join(' . ')}`;
  const lines = [
    `  set ${name(set.name)} {`,
    `    ${key}`,
    ...(set.flags.length > 0 ? [`    flags ${set.flags.join(',')}`] : []),
    ...(set.hasCounters ? ['    counter'] : []),
    ...(set.size === null ? [] : [`    size ${set.size}`]),
    ...(set.timeoutSeconds === null ? [] : [`    timeout ${set.timeoutSeconds}s`]),
    ...(set.elements.length > 0 ? [`    elements = { ${set.elements.map(element).join(', ')} }`] : []),
    '  }',
  ];
  return lines.join('\n');
}

function renderHook({ hook }: NftChain): string {
  if (!hook) return '';
  const device = hook.device === undefined ? '' : ` device "${name(hook.device)}"`;
  return `    type ${hook.type} hook ${hook.at}${device} priority ${hook.priority}; policy accept;\n`;
}

function renderRules(chain: NftChain): string {
  return `  chain ${chain.name} {\n${chain.rules.map((rule) => `    ${renderRule(rule)}\n`).join('')}  }`;
}

function renderRule(rule: NftRule): string {
  return rule.map(renderTerm).join(' ');
}

function renderTerm(term: Term): string {
  switch (term.kind) {
    case 'compare':
      // Without an operator nft asks of flags (`ct status dnat`) whether they are among those that are set.
      return `${selector(term.left)} ${term.operator === '==' && typeof term.left === 'string' ? '' : `${term.operator} `}${element(term.right)}`;
    case 'one-of':
      return `${together(term.left)} ${term.not ? '!= ' : ''}{ ${term.values.map(element).join(', ')} }`;
    case 'in-set':
      return `${together(term.left)} ${term.not ? '!= ' : ''}@${name(term.set)}`;
    case 'bytes':
      return `@${term.base},${term.offset * 8},${term.bytes.length * 4} 0x${hexadecimal(term.bytes)}`;
    case 'above':
      return limitOver(term.rate);
    case 'put':
      return renderPut(term);
    case 'mark':
      return `meta mark set ${term.value}`;
    case 'synproxy':
      return `synproxy mss ${term.mss} wscale ${term.windowScale} timestamp sack-perm`;
    case 'dup':
      return `dup to "${name(term.device)}"`;
    case 'reject':
      return `reject with ${term.with}`;
    case 'verdict':
      return term.verdict;
    case 'jump':
    case 'goto':
      return `${term.kind} ${name(term.chain)}`;
  }
}

function renderPut({ how, set, key, state, timeoutSeconds }: Extract<Term, { kind: 'put' }>): string {
  const timeout = timeoutSeconds === null ? '' : ` timeout ${timeoutSeconds}s`;
  const held = state === null ? '' : ` ${stateOf(state)}`;
  return `${how} @${name(set)} { ${together(key)}${timeout}${held} }`;
}

function stateOf(state: NonNullable<Extract<Term, { kind: 'put' }>['state']>): string {
  if (state === 'counter') return 'counter';
  return 'above' in state ? limitOver(state.above) : `ct count over ${state.connectionsAbove}`;
}

function limitOver({ count, per, burst }: NftRate): string {
  return `limit rate over ${count}/${per} burst ${burst} packets`;
}

function together(selectors: readonly Selector[]): string {
  return selectors.map(selector).join(' . ');
}

function selector(selected: Selector): string {
  const { field, mask } = typeof selected === 'string' ? { field: selected, mask: null } : selected;
  if (!KNOWN_FIELDS.has(field)) throw unwritable(field);
  return mask === null ? field : `${field} & ${mask}`;
}

/** Elements of concatenated sets are words with ` . ` between them; times are quoted. */
function element(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (/^"[0-9: -]+"(-"[0-9: -]+")?$/.test(value)) return value;
  return value.split(' . ').map(word).join(' . ');
}

function word(text: string): string {
  if (!WORD.test(text) && !/^"[A-Za-z0-9_.-]+"$/.test(text) && !/^(\w+,)+\w+$/.test(text) && !/^(\w+\|)+\w+$/.test(text))
    throw unwritable(text);
  return text;
}

function name(text: string): string {
  if (!NAME.test(text)) throw unwritable(text);
  return text;
}

function hexadecimal(text: string): string {
  if (!/^([0-9a-f]{2})+$/.test(text)) throw unwritable(text);
  return text;
}

function unwritable(text: string): AppError {
  return new AppError('bug', 'nft.unwritable', `nft could misread ${JSON.stringify(text.slice(0, 100))}`);
}
