import { useEffect, useEffectEvent, useState } from 'react';

const SETTLE_MS = 300;

/** Text that is typed: shown at once, handed on when the typist pauses (undefined when empty), and following the value from outside. */
export function useDraft(value: string | undefined, onSettled: (value: string | undefined) => void): [string, (text: string) => void] {
  const [draft, setDraft] = useState(value ?? '');
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if ((value ?? '') !== draft.trim()) setDraft(value ?? '');
  }
  const settle = useEffectEvent(onSettled);
  useEffect(() => {
    const text = draft.trim();
    if (text === (value ?? '')) return;
    const timer = setTimeout(() => settle(text === '' ? undefined : text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [draft, value]);
  return [draft, setDraft];
}
