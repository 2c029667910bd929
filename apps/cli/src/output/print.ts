import { stringify } from 'yaml';

export const OUTPUT_FORMATS = ['table', 'json', 'yaml'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Prints data as JSON or YAML, or as the text that a person reads. */
export function print(format: OutputFormat, data: unknown, asText: () => string): void {
  switch (format) {
    case 'json':
      console.log(JSON.stringify(data, null, 2));
      return;
    case 'yaml':
      console.log(stringify(data).trimEnd());
      return;
    case 'table':
      console.log(asText());
  }
}
