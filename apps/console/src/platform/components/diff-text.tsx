import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './diff-text.module.css';

function kindOf(line: string): 'removed' | 'added' | 'place' | 'same' {
  if (line.startsWith('@@') || line.startsWith('---') || line.startsWith('+++')) return 'place';
  if (line.startsWith('-')) return 'removed';
  return line.startsWith('+') ? 'added' : 'same';
}

/** A unified diff: what was applied (`-`) against what was found (`+`). */
export function DiffText({ diff }: { readonly diff: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <pre className={`mono ${classes['diff']}`} tabIndex={0} aria-label={t('diff.label')}>
      {diff.split('\n').map((line, index) => (
        <span key={index} className={classes['line']} data-kind={kindOf(line)}>
          {line === '' ? ' ' : line}
        </span>
      ))}
    </pre>
  );
}
