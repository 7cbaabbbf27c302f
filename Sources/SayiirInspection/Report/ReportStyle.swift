/// The looks of a report, in one place. Colours are variables, of which there is a set for light and one for dark.
enum ReportStyle {
    static let sheet: StaticString = """
        :root{color-scheme:light dark;--ground:#f7f7f5;--card:#fff;--ink:#1d1f23;--soft:#595e66;--line:#e2e3e0;--fill:#f0f1ee;
        --accent:#2456b3;--good:#1d6f3c;--good-fill:#e4f2e8;--bad:#b3261e;--bad-fill:#fbe9e7;--wait:#8a5a00;--wait-fill:#fbf0d9;
        --run:#2456b3;--run-fill:#e6edf9;--doubt:#7b2d8b;--doubt-fill:#f5e8f8;--idle:#c9ccc7}
        @media (prefers-color-scheme:dark){:root{--ground:#131517;--card:#1b1e21;--ink:#e8eaec;--soft:#a3a9b1;--line:#2d3135;
        --fill:#24282c;--accent:#8ab4f8;--good:#7fd19b;--good-fill:#17331f;--bad:#f5a199;--bad-fill:#42201d;--wait:#ecc478;
        --wait-fill:#3a2e15;--run:#8ab4f8;--run-fill:#1c2d4a;--doubt:#dba6e6;--doubt-fill:#38213e;--idle:#4b5157}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
        font-variant-numeric:tabular-nums}
        main,header,footer{max-width:1120px;margin:0 auto;padding:0 24px}
        header{padding-top:40px;padding-bottom:8px}
        .eyebrow{margin:0;color:var(--soft);font-size:13px;letter-spacing:.02em}
        h1{margin:2px 0 10px;font-size:30px;line-height:1.2;letter-spacing:-.015em;overflow-wrap:anywhere}
        h2{margin:0 0 14px;font-size:17px;line-height:1.3;letter-spacing:-.005em}
        h3{margin:18px 0 8px;font-size:14px}
        p{margin:0 0 10px;max-width:75ch}
        .status{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;margin:0}
        .pill{display:inline-block;padding:1px 9px;border-radius:99px;font-size:13px;font-weight:600;white-space:nowrap;
        background:var(--fill);color:var(--soft)}
        .pill.completed{background:var(--good-fill);color:var(--good)}
        .pill.failed,.pill.timed_out{background:var(--bad-fill);color:var(--bad)}
        .pill.in_progress,.pill.running,.pill.under_way{background:var(--run-fill);color:var(--run)}
        .pill.waiting,.pill.awaiting_signal,.pill.paused,.pill.interrupted,
        .pill.abandoned{background:var(--wait-fill);color:var(--wait)}
        .pill.in_doubt{background:var(--doubt-fill);color:var(--doubt)}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px 24px;margin:20px 0}
        .error{border-left:3px solid var(--bad);background:var(--bad-fill);color:var(--bad);padding:10px 14px;border-radius:0 8px 8px 0;
        margin:16px 0 0;overflow-wrap:anywhere}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:14px 24px;margin:0}
        .full{grid-column:1/-1}
        dt{color:var(--soft);font-size:13px}
        dd{margin:0;overflow-wrap:anywhere}
        .scroll{overflow-x:auto;margin:0 -24px;padding:0 24px;background:linear-gradient(90deg,var(--card) 50%,transparent) 0 0/28px,
        linear-gradient(270deg,var(--card) 50%,transparent) 100% 0/28px,linear-gradient(90deg,var(--idle),transparent) 0 0/14px,
        linear-gradient(270deg,var(--idle),transparent) 100% 0/14px;background-repeat:no-repeat;
        background-attachment:local,local,scroll,scroll}
        table{border-collapse:collapse;width:100%;font-size:14px}
        caption{text-align:left;color:var(--soft);font-size:13px;padding-bottom:8px}
        th{text-align:left;font-weight:600;font-size:13px;color:var(--soft);white-space:nowrap}
        th,td{padding:7px 16px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
        tbody th{color:var(--ink);font-size:14px;white-space:normal;overflow-wrap:anywhere;min-width:110px}
        tbody tr:last-child>*{border-bottom:0}
        th:last-child,td:last-child{padding-right:0}
        .number{text-align:right;white-space:nowrap}
        .nowrap{white-space:nowrap}
        .soft{color:var(--soft)}
        .words{overflow-wrap:anywhere}
        .stack .wide{white-space:pre-wrap}
        code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        code{overflow-wrap:anywhere}
        pre{margin:8px 0 0;padding:12px 14px;background:var(--fill);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
        details{margin:0 0 8px}
        summary{cursor:pointer;font-weight:600;overflow-wrap:anywhere}
        summary:focus-visible,input:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        td details{margin:0}
        td summary{font-weight:400;color:var(--accent);font-size:13px}
        .timeline tbody th{min-width:150px;max-width:260px}
        .timeline .attempt th{white-space:nowrap}
        .timeline td.bar{width:44%;min-width:220px;padding-top:11px}
        .timeline thead{position:sticky;top:0;background:var(--card)}
        .timeline .ticks td{padding-top:0}
        .timeline .ticks .axis{margin:0;font-size:12px}
        .tick{fill:var(--line)}
        .timeline svg{display:block;width:100%;height:14px}
        .in1{--in:1}.in2{--in:2}.in3{--in:3}.in4{--in:4}.in5{--in:5}.in6{--in:6}
        .timeline tbody th.in{padding-left:calc(var(--in)*16px)}
        .timeline tbody .attempt th{font-weight:400;color:var(--soft);padding-left:calc(var(--in,0)*16px + 18px);font-size:13px}
        .timeline .attempt td{font-size:13px}
        .timeline .has-attempts>*{border-bottom:0;padding-bottom:3px}
        .timeline .moment th{font-weight:400;color:var(--soft)}
        .ground{fill:var(--fill)}.hold{fill:var(--idle)}
        .bar-completed{fill:var(--good)}.bar-failed,.bar-timed_out{fill:var(--bad)}
        .bar-running,.bar-under_way{fill:var(--run)}.bar-in_doubt{fill:var(--doubt)}
        .bar-interrupted,.bar-abandoned{fill:var(--wait)}.bar-wait{fill:var(--idle)}
        .graph{display:block;margin:0 auto;max-width:none}
        .graph text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
        .graph .detail,.graph .edge text{font-size:12px;fill:var(--soft)}
        .box rect,.box polygon{fill:var(--card);stroke:var(--soft);stroke-width:1.25}
        .box.completed rect,.box.completed polygon{fill:var(--good-fill);stroke:var(--good)}
        .box.failed rect,.box.failed polygon{fill:var(--bad-fill);stroke:var(--bad);stroke-width:2.5}
        .box.running rect,.box.running polygon{fill:var(--run-fill);stroke:var(--run);stroke-width:2}
        .box.abandoned rect,.box.abandoned polygon{fill:var(--wait-fill);stroke:var(--wait)}
        .box.not_taken rect,.box.not_taken polygon{stroke:var(--idle);stroke-dasharray:4 3}
        .box.not_taken text{fill:var(--soft)}
        .frame rect{fill:none;stroke:var(--line);stroke-width:1.5}
        .graph .title text{font-weight:600;fill:var(--soft)}
        .title text,.edge text{paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round}
        .edge path{fill:none;stroke:var(--soft);stroke-width:1.25}
        .edge.taken path{stroke:var(--ink);stroke-width:1.75}
        .edge.untaken path{stroke:var(--idle)}
        .edge.back path{stroke-dasharray:5 4}
        .head{fill:var(--soft)}
        .legend{display:flex;flex-wrap:wrap;gap:6px 16px;list-style:none;margin:14px 0 0;padding:0;font-size:13px;color:var(--soft)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin:0;padding:0;list-style:none}
        .tiles li{background:var(--fill);border-radius:8px;padding:12px 14px}
        .tiles strong{display:block;font-size:24px;line-height:1.2;letter-spacing:-.01em}
        .chart{display:block;width:100%;height:120px}
        .chart .in{fill:var(--idle)}.chart .out{fill:var(--accent)}
        .axis{display:flex;justify-content:space-between;gap:12px;color:var(--soft);font-size:13px;margin:6px 0 0;max-width:none}
        .key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px;background:var(--idle)}
        .key.completed{background:var(--good)}.key.failed{background:var(--bad)}.key.running{background:var(--run)}
        .key.abandoned{background:var(--wait)}
        .key.not_taken{background:none;border:1px dashed var(--soft)}
        .key.out{background:var(--accent)}
        label{display:block;font-size:13px;color:var(--soft);margin-bottom:12px}
        input{display:block;width:100%;max-width:360px;margin-top:4px;padding:8px 12px;font:inherit;color:var(--ink);
        background:var(--ground);border:1px solid var(--soft);border-radius:8px}
        footer{padding-top:4px;padding-bottom:48px;color:var(--soft);font-size:13px}
        .two{display:grid;grid-template-columns:1fr 1fr;gap:0 20px}
        [hidden]{display:none}
        @media screen and (max-width:760px){
        main,header,footer{padding-left:14px;padding-right:14px}
        header{padding-top:24px}h1{font-size:24px}
        section{padding:16px 14px;margin:14px 0;border-radius:10px}
        .scroll{margin:0 -14px;padding:0 14px}
        .two{grid-template-columns:1fr}
        .timeline thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
        .timeline,.timeline tbody{display:block}
        .timeline tr{display:grid;grid-template-columns:1fr auto;gap:2px 12px;padding:9px 0;border-bottom:1px solid var(--line)}
        .timeline tr.has-attempts{border-bottom:0;padding-bottom:2px}
        .timeline tr>*{border:0;padding:0 0 0 calc(var(--in,0)*16px)}
        .timeline td.bar{grid-column:1/-1;width:auto;min-width:0;padding:3px 0;order:3}
        .timeline td.says{grid-column:1/-1;order:4}
        .timeline td.start{display:none}
        .stack thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
        .stack,.stack tbody,.stack caption{display:block}
        dl{grid-template-columns:repeat(auto-fill,minmax(138px,1fr));gap:12px 16px}
        .tiles{grid-template-columns:1fr 1fr}
        .scroll th,.scroll td{padding-right:12px}.timeline tbody th{min-width:0;max-width:none}
        .stack tr{display:grid;grid-template-columns:auto 1fr;gap:1px 12px;padding:9px 0;border-bottom:1px solid var(--line)}
        .stack tr:last-child{border-bottom:0}
        .stack tr>*{border:0;padding:0;text-align:left}
        .stack tr>:first-child,.stack .wide{grid-column:1/-1}
        .stack tr>*{min-width:0}}
        @media print{
        :root{--ground:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--fill:#f3f3f3;--accent:#1a4494;--good:#1d6f3c;
        --good-fill:#e4f2e8;--bad:#b3261e;--bad-fill:#fbe9e7;--wait:#7a5000;--wait-fill:#fbf0d9;--run:#1a4494;--run-fill:#e6edf9;
        --doubt:#7b2d8b;--doubt-fill:#f5e8f8;--idle:#b8bbb6}
        body{font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
        main,header,footer{max-width:none;padding:0}
        section{border:0;border-top:1px solid var(--line);border-radius:0;padding:14px 0;margin:0}
        .scroll{overflow:visible;margin:0;padding:0;background:none}
        .graph{max-width:100%;max-height:200mm;width:auto;height:auto}
        .timeline td.bar{width:30%;min-width:120px}
        tr,.tiles li{break-inside:avoid}h2,h3,summary{break-after:avoid}thead{display:table-header-group}
        label{display:none}details::details-content{content-visibility:visible;block-size:auto}}
        """

    /// Shows only the rows that hold what is typed. Without it all are shown.
    static let filter: StaticString = """
        const f=document.getElementById("filter"),r=[...document.querySelectorAll("#instances tbody tr")];
        f.parentElement.hidden=false;
        f.addEventListener("input",()=>{const w=f.value.toLowerCase();
        for(const e of r)e.hidden=!e.textContent.toLowerCase().includes(w)});
        """
    /// Opens everything for printing, where the style sheet alone cannot.
    static let printing: StaticString = """
        addEventListener("beforeprint",()=>document.querySelectorAll("details").forEach(e=>e.open=true));
        """
}
