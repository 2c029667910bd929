/** Spans that are chosen often. */
export const PRESETS = [
  { id: 'quarter', minutes: 15 },
  { id: 'hour', minutes: 60 },
  { id: 'day', minutes: 1_440 },
  { id: 'week', minutes: 10_080 },
] as const;

/** An instant as a `datetime-local` field wants it, in the viewer's zone, to the minute; empty where there is none. */
export function toLocalInput(instant: string | undefined): string {
  if (instant === undefined) return '';
  const date = new Date(instant);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The other way around; undefined where the field is empty or half filled. */
export function fromLocalInput(text: string): string | undefined {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
