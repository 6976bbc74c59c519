/** The page's own look, light or dark as the reader's system is. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --back: #fff; --card: #fff; --line: #dfe3e8; --text: #1c2430; --soft: #66707d;
  --c0: #2f6fde; --c1: #d9580f; --c2: #2b8a3e; --c3: #a23bb5; --c4: #c2255c; --c5: #0c8599; --c6: #946200; --c7: #5f6b7a }
@media (prefers-color-scheme: dark) { :root { --back: #14181f; --card: #1b2029; --line: #303846; --text: #e4e8ee; --soft: #98a3b3;
  --c0: #74a9ff; --c1: #ff9a57; --c2: #69db7c; --c3: #d995e8; --c4: #ff8fb3; --c5: #5cd0e2; --c6: #e5b94b; --c7: #aab6c5 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1400px; padding: 1.5rem; background: var(--back); color: var(--text); font: 14px/1.45 system-ui, sans-serif }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.2rem; margin: 2.5rem 0 0 } h3 { font-size: .85rem; margin: 1.2rem 0 .5rem; color: var(--soft); font-weight: 600 }
p { margin: .2rem 0; color: var(--soft) } a { color: var(--c0) } nav a { margin-right: .8rem; white-space: nowrap }
.row { display: grid; grid-template-columns: repeat(auto-fill, minmax(380px, 1fr)); gap: .8rem }
figure { margin: 0; padding: .7rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; min-width: 0 }
figure.wide { grid-column: 1 / -1; overflow-x: auto }
figcaption { font-weight: 600 } figure p { font-size: 12px } figure .empty { padding: 3rem 0; text-align: center }
svg { display: block; width: 100%; height: auto } svg text { font-size: 10.5px; fill: var(--soft) }
svg path { fill: none; stroke: currentColor; stroke-width: 1.4; stroke-linejoin: round } .grid { stroke: var(--line) }
.legend { list-style: none; margin: .3rem 0 0; padding: 0; font-size: 11.5px; display: flex; flex-wrap: wrap; gap: .1rem .8rem }
.legend span { color: var(--soft) }
.legend li[class]::before { content: ''; display: inline-block; width: .7em; height: .25em; margin-right: .35em; vertical-align: middle; background: currentColor }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 12.5px }
th { text-align: left; font-weight: 600 } td, th { padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); white-space: nowrap }
.waterfall th { font-weight: 400; max-width: 30rem; overflow: hidden; text-overflow: ellipsis } .waterfall td:nth-child(2) { position: relative; width: 60% }
.waterfall td:last-child { text-align: right } .waterfall i { position: absolute; top: 30%; height: 40%; min-width: 2px; background: currentColor; border-radius: 2px }
.failed th { text-decoration: underline wavy var(--c4) }
${Array.from({ length: 8 }, (_, index) => `.c${index} { color: var(--c${index}) }`).join('\n')}
`
