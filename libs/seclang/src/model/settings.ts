/** The base configuration a pack can set by directives. Sizes are bytes, times seconds. */
export interface Settings {
  engine: 'On' | 'Off' | 'DetectionOnly';
  requestBodyAccess: boolean;
  requestBodyLimit: number;
  requestBodyNoFilesLimit: number;
  requestBodyLimitAction: 'Reject' | 'ProcessPartial';
  responseBodyAccess: boolean;
  responseBodyLimit: number;
  responseBodyLimitAction: 'Reject' | 'ProcessPartial';
  responseBodyMimeTypes: string[];
  argumentsLimit: number;
  jsonDepthLimit: number;
  argumentSeparator: string;
  cookieFormat: 0 | 1;
  collectionTimeoutSeconds: number;
  componentSignatures: string[];
  /** Directives that are understood and belong to the engine's own configuration (audit log, temporary files, PCRE limits, …). */
  other: Record<string, string>;
  /** Best-fit map of SecUnicodeMapFile: code point (decimal) to byte. */
  unicodeMap: Record<string, number>;
}

/** Settings of a pack that sets none: bodies are inspected. */
export function defaultSettings(): Settings {
  return {
    engine: 'On',
    requestBodyAccess: true,
    requestBodyLimit: 13_107_200,
    requestBodyNoFilesLimit: 131_072,
    requestBodyLimitAction: 'Reject',
    responseBodyAccess: true,
    responseBodyLimit: 524_288,
    responseBodyLimitAction: 'ProcessPartial',
    responseBodyMimeTypes: ['text/plain', 'text/html', 'text/xml', 'application/json'],
    argumentsLimit: 1000,
    jsonDepthLimit: 512,
    argumentSeparator: '&',
    cookieFormat: 0,
    collectionTimeoutSeconds: 3600,
    componentSignatures: [],
    other: {},
    unicodeMap: {},
  };
}
