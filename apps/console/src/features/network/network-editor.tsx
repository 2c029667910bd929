import { Alert, Button, Group, JsonInput, SegmentedControl, Stack, Text } from '@mantine/core';
import type { ApplianceView, ClusterView, NetworkPolicy, NetworkVersionView } from '@phalanx/contracts';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../platform/components/panel.js';
import { checkDraft, draftOf, type NetworkDraft } from './network-draft.js';
import { NetworkPreview } from './network-preview.js';
import { ObjectsEditor } from './objects-editor.js';
import { ProtectionsForm } from './protections-form.js';
import { ReachForm } from './reach-form.js';
import { RulesEditor } from './rules-editor.js';

interface Props {
  readonly cluster: ClusterView;
  /** Null for a cluster that filters nothing yet. */
  readonly version: NetworkVersionView | null;
  readonly boxes: readonly ApplianceView[];
  readonly canWrite: boolean;
}

/** Edits a cluster's network as forms or as JSON (interfaces, payload rules, mirrors and the bridge stand there). Nothing is saved before its effect was shown. */
export function NetworkEditor({ cluster, version, boxes, canWrite }: Props): ReactNode {
  const { t } = useTranslation();
  const saved = useMemo(
    () =>
      draftOf(
        version,
        boxes.map(({ id }) => id),
      ),
    [version, boxes],
  );
  const [draft, setDraft] = useState<NetworkDraft>(saved);
  const [text, setText] = useState<string | null>(null);
  const [isPreviewing, setPreviewing] = useState(false);
  const { parsed, isJson } = useMemo(() => (text === null ? { parsed: draft, isJson: true } : parseJson(text)), [draft, text]);
  const check = useMemo(() => checkDraft(parsed), [parsed]);
  const isChanged = version === null || check.draft === null || JSON.stringify(check.draft) !== JSON.stringify(saved);
  useBlocker({
    shouldBlockFn: ({ current, next }) => isChanged && canWrite && current.pathname !== next.pathname && !confirm(t('policy.leave')),
    enableBeforeUnload: () => isChanged && canWrite,
  });
  const set = (patch: Partial<NetworkPolicy>) => setDraft({ ...draft, policy: { ...draft.policy, ...patch } });
  const switchMode = (mode: string) => {
    if (mode === 'json') setText(JSON.stringify(draft, null, 2));
    else if (check.draft) {
      setDraft(check.draft);
      setText(null);
    }
  };
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t('policy.mode.label')}
          value={text === null ? 'form' : 'json'}
          onChange={switchMode}
          data={[
            { value: 'form', label: t('policy.mode.form'), disabled: text !== null && check.draft === null },
            { value: 'json', label: t('policy.mode.json') },
          ]}
        />
        {canWrite ? (
          <Group gap="xs">
            {isChanged && version !== null && (
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setDraft(saved);
                  setText(text === null ? null : JSON.stringify(saved, null, 2));
                }}
              >
                {t('policy.discard')}
              </Button>
            )}
            <Button size="xs" disabled={!isChanged || check.draft === null} onClick={() => setPreviewing(true)}>
              {t('policy.preview.open')}
            </Button>
          </Group>
        ) : (
          <Text size="sm">{t('policy.readOnly')}</Text>
        )}
      </Group>
      {!isJson && (
        <Alert color="red" variant="outline" role="alert">
          {t('policy.notJson')}
        </Alert>
      )}
      {isJson && check.issues.length > 0 && (
        <Alert
          color="red"
          variant="outline"
          role="alert"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('policy.issues', { count: check.issues.length })}
        >
          <ul style={{ margin: 0, paddingInlineStart: 18 }}>
            {check.issues.slice(0, 20).map(({ path, message }) => (
              <li key={`${path} ${message}`}>
                <span className="mono">{path}</span> {message}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {text === null ? (
        <>
          <RulesEditor policy={draft.policy} isReadOnly={!canWrite} onChange={(rules) => set({ rules })} />
          <ObjectsEditor policy={draft.policy} isReadOnly={!canWrite} onChange={set} />
          <ProtectionsForm protections={draft.policy.protections} isReadOnly={!canWrite} onChange={(protections) => set({ protections })} />
          <ReachForm policy={draft.policy} isReadOnly={!canWrite} onChange={set} />
        </>
      ) : (
        <Panel title={t('policy.mode.json')}>
          <JsonInput
            aria-label={t('policy.mode.json')}
            value={text}
            onChange={setText}
            readOnly={!canWrite}
            autosize
            minRows={16}
            maxRows={40}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } }}
          />
        </Panel>
      )}
      {check.draft && (
        <NetworkPreview
          cluster={cluster}
          version={version}
          draft={check.draft}
          isOpen={isPreviewing}
          onClose={() => setPreviewing(false)}
        />
      )}
    </Stack>
  );
}

function parseJson(text: string): { parsed: unknown; isJson: boolean } {
  try {
    return { parsed: JSON.parse(text), isJson: true };
  } catch {
    // Half-typed JSON is normal: the form says that it can't be read yet.
    return { parsed: null, isJson: false };
  }
}
