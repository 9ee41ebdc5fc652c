/** How the reference of the API looks: light or dark as the reader has it, one column on a phone, and on paper. */
export const REFERENCE_STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f6; --card: #fff; --text: #17211f; --quiet: #566360; --line: #dce2e0; --accent: #0f6b5c; --code: #eef1f0;
  font: 15px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ground: #101614; --card: #18211f; --text: #e6ecea; --quiet: #9fadaa; --line: #2d3a37; --accent: #4fc3ad; --code: #223029; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); display: grid; grid-template-columns: 290px minmax(0, 1fr); }
header { grid-column: 1 / -1; padding: 16px 24px; border-bottom: 1px solid var(--line); background: var(--card); }
header p { margin: 4px 0 0; color: var(--quiet); }
nav { padding: 16px 12px 40px 24px; position: sticky; top: 0; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); }
nav h2 { font-size: .95rem; margin: 14px 0 2px; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: 3px 0; min-height: 24px; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { text-decoration: underline; }
main { padding: 16px 24px 80px; max-width: 1000px; min-width: 0; }
h1 { font-size: 1.4rem; margin: 0; } main h2 { font-size: 1.25rem; margin: 34px 0 8px; }
section > article { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 18px; margin: 14px 0; }
h3 { margin: 0 0 4px; font-size: 1.05rem; } h4 { margin: 16px 0 4px; font-size: .95rem; }
.path { font-family: ui-monospace, monospace; overflow-wrap: anywhere; margin: 0 0 6px; } .path b { color: var(--accent); }
a { color: var(--accent); } code, pre { font-family: ui-monospace, monospace; font-size: .9em; background: var(--code); border-radius: 4px; }
code { padding: 1px 4px; overflow-wrap: anywhere; } pre { padding: 10px 12px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 6px 0; } pre code { padding: 0; background: none; }
article ul { list-style: none; margin: 4px 0; padding: 0; } article li { margin-top: 6px; overflow-wrap: anywhere; } article li div { margin: 0 0 0 20px; color: var(--quiet); }
small { color: var(--quiet); font-size: .88em; }
p { margin: 4px 0 8px; }
@media (max-width: 760px) { body { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); padding-bottom: 16px; } main { padding: 8px 16px 60px; } }
@media print { body { display: block; } nav { display: none; } article { break-inside: avoid; } }
`;
