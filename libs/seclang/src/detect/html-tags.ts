/** Elements that load or run something by themselves, or switch the parser into another language. */
const activeTags: ReadonlySet<string> = new Set(
  (
    'script iframe frame frameset object embed applet base link meta style xml xss svg math comment handler listener import isindex ' +
    'vmlframe noscript noembed noframes template layer ilayer bgsound event-source foreignobject animate animatetransform set portal ' +
    'fencedframe plaintext xmp'
  ).split(' '),
);

/** Whether an element of this name is refused whatever its attributes. Prefixes (`x:script`) and glued rubbish (`script<x`) don't hide it. */
export function isActiveTag(name: string): boolean {
  const lower = name.toLowerCase();
  const local = lower.slice(lower.lastIndexOf(':') + 1);
  return activeTags.has(local) || activeTags.has(leadingLetters(local)) || lower.startsWith('xsl:') || lower.startsWith('svg:');
}

function leadingLetters(name: string): string {
  let end = 0;
  while (end < name.length && ((name.charCodeAt(end) >= 0x61 && name.charCodeAt(end) <= 0x7a) || name.charAt(end) === '-')) end++;
  return name.slice(0, end);
}
