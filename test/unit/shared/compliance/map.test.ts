import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECK_IDS } from '../../../../shared/compliance/checks';
import { CONTROLS } from '../../../../shared/compliance/controls';
import { select } from '../../../../shared/compliance/select';
import { CONTROL_IDS, isCovered } from '../../../../shared/compliance/standard';
import { STANDARDS } from '../../../../shared/compliance/standards';
import { checksTable, controlsTable, standardsSections } from '../../../../shared/compliance/table';

const root = join(__dirname, '../../../..');

/** How each document writes its sections: an id of another shape is one that nobody can look up. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  soc2: /^(?:CC[1-9]\.\d|A1\.\d|C1\.[12]|PI1\.\d|P\d\.\d)$/,
  iso27001: /^A\.(?:5\.(?:[1-9]|[12]\d|3[0-7])|6\.[1-8]|7\.(?:[1-9]|1[0-4])|8\.(?:[1-9]|[12]\d|3[0-4]))$/,
  hipaa: /^164\.3(?:0[68]|1[0246])\([a-e]\)(?:\(\d+\))?(?:\([ivx]+\))?(?:\([A-D]\))?$/,
  'pci-dss': /^(?:[1-9]|1[0-2])\.\d{1,2}\.\d{1,2}(?:\.\d)?$/,
  gdpr: /^Art\. \d{1,2}(?:\(\d\))?(?:\([a-f]\))?$/,
  ccpa: /^(?:§ 1798\.\d{2,3}(?:\.5)?(?:\([a-z]\))?(?:\(\d\))?|Cal\. Code Regs\. tit\. 11, § 7123\(c\)\((?:[1-9]|1[0-8])\))$/,
  fedramp: /^(?:AC|AU|CA|CM|CP|IR|SC|SI)-\d{1,2}$/,
  itil4: /^[A-Z][a-z ]+$/,
  'nist-csf': /^(?:GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-\d{2}$/,
};

describe('the compliance map', () => {
  it('has the seven controls and the nine standards', () => {
    expect(CONTROLS.map(({ id }) => id)).toEqual(CONTROL_IDS);
    expect(STANDARDS.map(({ id }) => id)).toEqual(Object.keys(SHAPES));
  });

  it.each(STANDARDS.map((standard) => [standard.id, standard] as const))(
    '%s: says of each control which sections it serves, or why none, with a document to look them up in',
    (id, { document, url, mappings, leaves }) => {
      expect(document.length).toBeGreaterThan(10);
      expect(url).toMatch(/^https:\/\//);
      expect(Object.keys(mappings)).toEqual(CONTROL_IDS);
      for (const mapping of Object.values(mappings)) {
        if (!isCovered(mapping)) {
          expect(mapping.notCovered.length).toBeGreaterThan(30);
          continue;
        }
        expect(mapping.serves.length).toBeGreaterThan(20);
        for (const { id: section, about } of mapping.requirements) {
          expect(section).toMatch(SHAPES[id] ?? /never/);
          expect(about.length).toBeGreaterThan(4);
        }
      }
      for (const line of leaves) expect(line.length).toBeGreaterThan(20);
    },
  );

  it.each(STANDARDS.map((standard) => [standard.id, standard] as const))(
    '%s: says of each id what it was compared with, and of no other',
    (_, { mappings, compared }) => {
      const mapped = Object.values(mappings).flatMap((mapping) =>
        isCovered(mapping) ? mapping.requirements.map(({ id }) => id) : [],
      );

      expect(new Set(compared.flatMap(({ ids }) => ids))).toEqual(new Set(mapped));
      for (const { text, url } of compared) {
        expect(text.length).toBeGreaterThan(10);
        expect(url).toMatch(/^https?:\/\//);
      }
    },
  );

  it('reaches all six functions of CSF 2.0, govern among them', () => {
    const csf = STANDARDS.find(({ id }) => id === 'nist-csf');
    const ids = Object.values(csf?.mappings ?? {}).flatMap((mapping) =>
      isCovered(mapping) ? mapping.requirements.map(({ id }) => id.slice(0, 2)) : [],
    );

    expect([...new Set(ids)].toSorted()).toEqual(['DE', 'GV', 'ID', 'PR', 'RC', 'RS']);
  });

  it('names files that are there, checks that are run, and leaves no check without a control', () => {
    for (const { implementedBy } of CONTROLS)
      for (const { files } of implementedBy)
        for (const file of files) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
    const used = new Set(CONTROLS.flatMap(({ checks }) => checks));

    expect(used).toEqual(new Set(CHECK_IDS));
  });

  it('names commands that the command line has', () => {
    const said = [controlsTable(), checksTable(), standardsSections()].join('\n');
    const named = new Set(
      [...said.matchAll(/tourniquet (compliance|audit|doctor|drill|evidence|\w+)/g)].map(([, name]) => name),
    );
    const help = execFileSync(process.execPath, ['bin/tourniquet.cjs', '--help'], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });

    expect(named.size).toBeGreaterThan(3);
    for (const name of named) expect(help).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('is what docs/compliance.md says (npx tsx scripts/compliance.ts)', () => {
    const page = readFileSync(join(root, 'docs/compliance.md'), 'utf8');

    expect(page).toContain(controlsTable());
    expect(page).toContain(checksTable());
    expect(page).toContain(standardsSections());
  });
});

describe('what is chosen of the map', () => {
  it('runs no check of a control that the standard does not ask for', () => {
    expect(select('gdpr', 'change-management', [])?.checks).toEqual([]);
    expect(select('gdpr', undefined, [])?.checks).not.toContain('policy-in-effect');
    expect(select('soc2', undefined, [])?.checks).toContain('policy-in-effect');
  });

  it('runs each check once, without those left out, and is null for a name that there is not', () => {
    const all = select(undefined, undefined, ['trail-on'])?.checks ?? [];

    expect(all).toHaveLength(CHECK_IDS.length - 1);
    expect(new Set(all)).toEqual(new Set(CHECK_IDS.filter((id) => id !== 'trail-on')));
    expect(select('soc3', undefined, [])).toBeNull();
    expect(select(undefined, 'physical', [])).toBeNull();
  });
});
