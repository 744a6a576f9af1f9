import type { Standard } from '../standard';

export const standard: Standard = {
  id: 'gdpr',
  title: 'GDPR',
  document: 'Regulation (EU) 2016/679',
  url: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
  mappings: {
    'access-control': {
      requirements: [
        { id: 'Art. 32(1)(b)', about: 'ongoing confidentiality and integrity of systems' },
        { id: 'Art. 32(4)', about: 'who has access processes only on instructions' },
      ],
      serves: 'few may read the evidence, each look is recorded, and only listed approvers decide',
    },
    encryption: {
      requirements: [
        { id: 'Art. 32(1)(a)', about: 'pseudonymisation and encryption' },
        { id: 'Art. 34(3)(a)', about: 'data unintelligible to whoever is not authorised' },
      ],
      serves: 'evidence and records are encrypted under keys of their own',
    },
    'audit-logging': {
      requirements: [
        { id: 'Art. 5(2)', about: 'accountability' },
        { id: 'Art. 33(5)', about: 'documentation of breaches, effects and remedial action' },
      ],
      serves: 'facts, effects and remedies of each incident are recorded, and the record shows changes',
    },
    monitoring: {
      requirements: [
        { id: 'Art. 32(1)(d)', about: 'regular testing of the effectiveness of measures' },
        { id: 'Art. 33(1)', about: 'becoming aware of a breach, from which the time runs' },
      ],
      serves: 'detection and the time of it; the doctor and this command test the measures',
    },
    'incident-response': {
      requirements: [
        { id: 'Art. 33', about: 'notification to the authority' },
        { id: 'Art. 34', about: 'communication to the data subject' },
        { id: 'Art. 32(1)(c)', about: 'restoring availability in a timely manner' },
      ],
      serves:
        'the times and facts that a notification asks for are in the post-mortem; nothing is sent for you',
    },
    'data-protection': {
      requirements: [
        { id: 'Art. 5(1)(e)', about: 'storage limitation' },
        { id: 'Art. 5(1)(f)', about: 'integrity and confidentiality' },
        { id: 'Art. 25', about: 'data protection by design and by default' },
      ],
      serves: 'evidence is kept as long as its profile says and no longer, and masked before it is shared',
    },
    'change-management': {
      notCovered: 'the Regulation has no article on change management; Art. 32(1)(d) is under monitoring',
    },
  },
  compared: [
    {
      ids: ['Art. 5(1)(e)', 'Art. 5(1)(f)', 'Art. 5(2)'],
      text: 'Article 5 as the University of Glasgow quotes it',
      url: 'https://www.gla.ac.uk/myglasgow/dpfoioffice/gdpr/principles/',
      source: 'secondary',
    },
    {
      ids: ['Art. 25', 'Art. 32(1)(a)', 'Art. 32(1)(b)', 'Art. 32(1)(c)', 'Art. 32(1)(d)', 'Art. 32(4)'],
      text: 'the legal text of Articles 25 and 32 at GDPRhub',
      url: 'https://gdprhub.eu/index.php?title=Article_32_GDPR',
      source: 'secondary',
    },
    {
      ids: ['Art. 25', 'Art. 33', 'Art. 33(1)', 'Art. 33(5)', 'Art. 34', 'Art. 34(3)(a)'],
      text: 'the legal text of Articles 25, 33 and 34 (gdprlearninghub.com)',
      url: 'https://gdprlearninghub.com/article-33-gdpr/',
      source: 'secondary',
    },
  ],
  leaves: [
    'Lawful basis, information, consent, and the rights of data subjects (Art. 6, 7, 12 to 22)',
    'Records of processing (Art. 30), impact assessments (Art. 35), the officer (Art. 37), transfers (Chapter V)',
    'Whether personal data was affected and a notification is due: people decide, and people send it',
    'Erasure from locked evidence before its lock ends, where the lock mode is COMPLIANCE',
  ],
};
