import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnyText } from '../../platform/i18n/use-any-text.js';
import type { DraftIssue } from './policy-draft.js';

/** Says an issue in the reader's language. */
export function useIssueText(): (issue: DraftIssue) => string {
  const { has, say } = useAnyText();
  return ({ code, message, values }) => (has(`issue.${code}`) ? say(`issue.${code}`, values) : message);
}

/** All that is wrong with a draft, each with its place. */
export function DraftIssues({ issues }: { readonly issues: readonly DraftIssue[] }): ReactNode {
  const { t } = useTranslation();
  const describe = useIssueText();
  return (
    <Alert
      color="red"
      variant="outline"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('policy.issues', { count: issues.length })}
    >
      <ul style={{ margin: 0, paddingInlineStart: 18 }}>
        {issues.map((issue) => (
          <li key={`${issue.path} ${issue.code} ${issue.message}`}>
            <span className="mono">{issue.path}</span> {describe(issue)}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
