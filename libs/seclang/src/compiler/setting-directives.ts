import { RuleProblem } from '../model/rule-problem.js';
import type { Settings } from '../model/settings.js';
import type { Statement } from '../parser/parse-source.js';

type SettingHandler = (settings: Settings, statement: Statement) => void;

/** Directives of the surrounding installation (logs, temporary files, PCRE limits): understood, kept, and without effect on a verdict. */
const KEPT = [
  'SecAuditEngine',
  'SecAuditLog',
  'SecAuditLog2',
  'SecAuditLogDirMode',
  'SecAuditLogFileMode',
  'SecAuditLogFormat',
  'SecAuditLogParts',
  'SecAuditLogPrefix',
  'SecAuditLogRelevantStatus',
  'SecAuditLogStorageDir',
  'SecAuditLogType',
  'SecCacheTransformations',
  'SecDataDir',
  'SecDebugLog',
  'SecDebugLogLevel',
  'SecGeoLookupDb',
  'SecHttpBlKey',
  'SecPcreMatchLimit',
  'SecPcreMatchLimitRecursion',
  'SecRequestBodyInMemoryLimit',
  'SecRuleInheritance',
  'SecRulePerfTime',
  'SecSensorId',
  'SecServerSignature',
  'SecStatusEngine',
  'SecTmpDir',
  'SecTmpSaveUploadedFiles',
  'SecUploadDir',
  'SecUploadFileLimit',
  'SecUploadFileMode',
  'SecUploadKeepFiles',
  'SecWebAppId',
  'SecXmlExternalEntity',
] as const;

/** Directives that set the base configuration, by name. */
export const SETTING_DIRECTIVES: readonly (readonly [string, SettingHandler])[] = [
  ...KEPT.map((name): readonly [string, SettingHandler] => [
    name,
    (settings, { words }) => {
      settings.other[name] = words.join(' ');
    },
  ]),
  setting('SecRuleEngine', (settings, word) => {
    settings.engine = oneOf(word, ['On', 'Off', 'DetectionOnly'] as const);
  }),
  setting('SecRequestBodyAccess', (settings, word) => {
    settings.requestBodyAccess = onOff(word);
  }),
  setting('SecRequestBodyLimit', (settings, word) => {
    settings.requestBodyLimit = count(word);
  }),
  setting('SecRequestBodyNoFilesLimit', (settings, word) => {
    settings.requestBodyNoFilesLimit = count(word);
  }),
  setting('SecRequestBodyLimitAction', (settings, word) => {
    settings.requestBodyLimitAction = oneOf(word, ['Reject', 'ProcessPartial'] as const);
  }),
  setting('SecRequestBodyJsonDepthLimit', (settings, word) => {
    settings.jsonDepthLimit = count(word);
  }),
  setting('SecArgumentsLimit', (settings, word) => {
    settings.argumentsLimit = count(word);
  }),
  setting('SecResponseBodyAccess', (settings, word) => {
    settings.responseBodyAccess = onOff(word);
  }),
  setting('SecResponseBodyLimit', (settings, word) => {
    settings.responseBodyLimit = count(word);
  }),
  setting('SecResponseBodyLimitAction', (settings, word) => {
    settings.responseBodyLimitAction = oneOf(word, ['Reject', 'ProcessPartial'] as const);
  }),
  [
    'SecResponseBodyMimeType',
    (settings, { words }) => {
      settings.responseBodyMimeTypes.push(...words.map((word) => word.toLowerCase()));
    },
  ],
  [
    'SecResponseBodyMimeTypesClear',
    (settings) => {
      settings.responseBodyMimeTypes = [];
    },
  ],
  setting('SecArgumentSeparator', (settings, word) => {
    if (word.length !== 1) throw new RuleProblem(`${word} is not one character`);
    settings.argumentSeparator = word;
  }),
  setting('SecCookieFormat', (settings, word) => {
    settings.cookieFormat = oneOf(word, ['0', '1'] as const) === '1' ? 1 : 0;
  }),
  setting('SecCollectionTimeout', (settings, word) => {
    settings.collectionTimeoutSeconds = count(word);
  }),
  setting('SecComponentSignature', (settings, word) => {
    settings.componentSignatures.push(word);
  }),
];

function setting(name: string, apply: (settings: Settings, word: string) => void): readonly [string, SettingHandler] {
  return [
    name,
    (settings, { words }) => {
      const [word] = words;
      if (word === undefined || words.length > 1) throw new RuleProblem(`${name} takes one argument`);
      apply(settings, word);
    },
  ];
}

function oneOf<T extends string>(word: string, known: readonly T[]): T {
  const found = known.find((value) => value.toLowerCase() === word.toLowerCase());
  if (found === undefined) throw new RuleProblem(`${word} is not one of ${known.join(', ')}`);
  return found;
}

function onOff(word: string): boolean {
  return oneOf(word, ['On', 'Off'] as const) === 'On';
}

function count(word: string): number {
  if (!/^\d{1,15}$/.test(word)) throw new RuleProblem(`${word} is not a whole number`);
  return Number(word);
}
