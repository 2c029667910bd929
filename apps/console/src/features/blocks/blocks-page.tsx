import { Button, Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../../platform/api/session.js';
import { Dialog } from '../../platform/components/dialog.js';
import { Page } from '../../platform/components/page.js';
import { BlockForm } from './block-form.js';
import { BoxBlocksTable } from './box-blocks-table.js';
import { OperatorBlocks } from './operator-blocks.js';

/** Addresses that the fleet refuses: those that operators named, and those that boxes block by their own judgement. */
export function BlocksPage(): ReactNode {
  const { t } = useTranslation();
  const { tab } = useSearch({ from: '/frame/blocks' });
  const navigate = useNavigate({ from: '/blocks' });
  const canWrite = useCan('block:write');
  const [isAdding, setAdding] = useState(false);
  return (
    <Page
      title={t('page.blocks')}
      fill
      sentence={t('block.sentence')}
      actions={canWrite && <Button onClick={() => setAdding(true)}>{t('block.add')}</Button>}
    >
      <Tabs
        value={tab === 'boxes' ? 'boxes' : 'operators'}
        onChange={(next) => void navigate({ search: (now) => ({ ...now, tab: next === 'boxes' ? 'boxes' : undefined }), replace: true })}
        keepMounted={false}
        style={{ display: 'flex', flexDirection: 'column', minHeight: 0, flex: 1 }}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="operators">{t('block.tab.operators')}</Tabs.Tab>
          <Tabs.Tab value="boxes">{t('block.tab.boxes')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="operators" style={{ display: 'flex', flexDirection: 'column', gap: 12, minHeight: 0, flex: 1 }}>
          <OperatorBlocks canWrite={canWrite} />
        </Tabs.Panel>
        <Tabs.Panel value="boxes" style={{ display: 'flex', flexDirection: 'column', gap: 12, minHeight: 0, flex: 1 }}>
          <BoxBlocksTable canWrite={canWrite} />
        </Tabs.Panel>
      </Tabs>
      <Dialog isOpen={isAdding} onClose={() => setAdding(false)} title={t('block.add')} size="lg" isLight={false}>
        <BlockForm onClose={() => setAdding(false)} />
      </Dialog>
    </Page>
  );
}
