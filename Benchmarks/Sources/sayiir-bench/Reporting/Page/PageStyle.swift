/// The looks of a page of results. Colours are variables, of which there is a set for light and one for dark.
enum PageStyle {
    static let sheet = """
        :root{color-scheme:light dark;--ground:#f7f7f5;--card:#fff;--ink:#1d1f23;--soft:#5b616a;--line:#e4e5e2;--fill:#f0f1ee;
        --good:#1d6f3c;--good-fill:#e4f2e8;--bad:#b3261e;--bad-fill:#fbe9e7;--c0:#2456b3;--c1:#c2410c;--c2:#1d7a4c;--c3:#8b2d9b;
        --c4:#a16a00;--c5:#0e7490;--c6:#b5305f;--c7:#5b616a}
        @media (prefers-color-scheme:dark){:root{--ground:#131517;--card:#1b1e21;--ink:#e8eaec;--soft:#a3a9b1;--line:#2f3438;
        --fill:#24282c;--good:#7fd19b;--good-fill:#17331f;--bad:#f5a199;--bad-fill:#42201d;--c0:#8ab4f8;--c1:#fdba74;--c2:#7fd19b;
        --c3:#dba6e6;--c4:#ecc478;--c5:#67d4e8;--c6:#f9a8c4;--c7:#a3a9b1}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
        font-variant-numeric:tabular-nums}
        main,header,footer{max-width:1340px;margin:0 auto;padding:0 24px}
        header{padding-top:36px}
        .eyebrow{margin:0;color:var(--soft);font-size:13px}
        h1{margin:2px 0 14px;font-size:29px;line-height:1.2;letter-spacing:-.015em}
        h2{margin:0 0 6px;font-size:18px;line-height:1.3}
        h3{margin:0 0 8px;font-size:15px}
        p{margin:0 0 12px;max-width:85ch;color:var(--soft)}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px 24px;margin:20px 0}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:12px 24px;margin:0}
        dt{color:var(--soft);font-size:13px}
        dd{margin:0;overflow-wrap:anywhere}
        .scroll{overflow-x:auto}
        .bars tbody{border-bottom:1px solid var(--line)}.bars td{border-bottom:0;padding-top:3px;padding-bottom:3px}
        .bars .words{min-width:200px;max-width:300px}.bars td.number,.bars .soft{font-size:13px}.bars .title{white-space:nowrap;font-size:13px}
        table{border-collapse:collapse;width:100%;font-size:14px}
        th{text-align:left;font-weight:600;font-size:13px;color:var(--soft);white-space:nowrap}
        th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
        tbody:last-child tr:last-child>*{border-bottom:0}
        th.number,td.number{text-align:right;white-space:nowrap}
        th:last-child,td:last-child{padding-right:0}
        .soft{color:var(--soft);font-size:13px}
        .pill{display:inline-block;padding:1px 9px;border-radius:99px;font-size:13px;font-weight:600;white-space:nowrap;
        background:var(--fill);color:var(--soft)}
        .pill.good{background:var(--good-fill);color:var(--good)}
        .pill.bad{background:var(--bad-fill);color:var(--bad)}
        .tally{margin:0 0 14px;color:var(--ink)}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,560px),1fr));gap:30px 36px;margin-top:14px}
        figure{margin:0;min-width:0}
        figure.wide{grid-column:1/-1}
        figure.wide svg{min-width:900px}
        figcaption{color:var(--soft);font-size:13px;max-width:85ch;margin-top:6px}
        .slopes{margin:6px 0 0;padding:0;list-style:none}
        .slopes li{break-inside:avoid}
        .slopes .c0{color:var(--c0)}.slopes .c1{color:var(--c1)}.slopes .c2{color:var(--c2)}.slopes .c3{color:var(--c3)}
        .slopes .c4{color:var(--c4)}.slopes .c5{color:var(--c5)}.slopes .c6{color:var(--c6)}.slopes .c7{color:var(--c7)}
        svg{display:block;width:100%;height:auto}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
        svg .tick,svg .label{fill:var(--soft)}
        svg .group{font-weight:600}
        .grid{stroke:var(--line);fill:none}
        .axis{stroke:var(--soft);fill:none}
        .floor{stroke:var(--soft);stroke-dasharray:2 3;fill:none}
        svg .floor-name{fill:var(--soft);font-size:11px;paint-order:stroke;stroke:var(--card);stroke-width:4px}
        .series path{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
        .series circle{fill:currentColor;stroke:var(--card);stroke-width:1}
        .later path{stroke-dasharray:7 4}
        .later circle{fill:var(--card);stroke:currentColor;stroke-width:1.5}
        .run-2 path{stroke-dasharray:2 3}.run-3 path{stroke-dasharray:9 3 2 3}
        .name path{fill:none;stroke:currentColor;opacity:.4}
        .name text{fill:currentColor;font-weight:600}
        svg .c0{color:var(--c0)}svg .c1{color:var(--c1)}svg .c2{color:var(--c2)}svg .c3{color:var(--c3)}
        svg .c4{color:var(--c4)}svg .c5{color:var(--c5)}svg .c6{color:var(--c6)}svg .c7{color:var(--c7)}
        details{border-top:1px solid var(--line);padding:10px 0}
        details:first-of-type{border-top:0}
        summary{cursor:pointer;font-weight:600}
        footer{padding-top:4px;padding-bottom:48px;color:var(--soft);font-size:13px}
        @media (max-width:760px){main,header,footer{padding-left:14px;padding-right:14px}section{padding:16px 14px}}
        @media print{body{background:#fff}section{break-inside:avoid;border:0;padding:0}}
        """
}
