<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ChartData</name>
    <message numerus="yes">
        <source>%n planned matrices have no recorded input; their activations are unknown.</source>
        <translation>
            <numerusform>%n planned matrix has no recorded input; its activations are unknown.</numerusform>
            <numerusform>%n planned matrices have no recorded input; their activations are unknown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Scanning, %n tensor(s) to go.</source>
        <translation>
            <numerusform>Scanning, %n tensor to go.</numerusform>
            <numerusform>Scanning, %n tensors to go.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) are not scanned: their statistics and spectra are unknown.</source>
        <translation>
            <numerusform>%n tensor is not scanned: its statistics and spectrum are unknown.</numerusform>
            <numerusform>%n tensors are not scanned: their statistics and spectra are unknown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) could not be measured.</source>
        <translation>
            <numerusform>%n tensor could not be measured.</numerusform>
            <numerusform>%n tensors could not be measured.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) hold NaN or Inf; they block the export until you decide.</source>
        <translation>
            <numerusform>%n tensor holds NaN or Inf; it blocks the export until you decide.</numerusform>
            <numerusform>%n tensors hold NaN or Inf; they block the export until you decide.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices would be stored otherwise than planned.</source>
        <translation>
            <numerusform>%n matrix would be stored otherwise than planned.</numerusform>
            <numerusform>%n matrices would be stored otherwise than planned.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices have no score for their option: their harm is unknown.</source>
        <translation>
            <numerusform>%n matrix has no score for its option: its harm is unknown.</numerusform>
            <numerusform>%n matrices have no score for their option: their harm is unknown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices are kept at full width only because nothing says what storing them smaller harms; the first is %1. Choose another score, or set their options yourself.</source>
        <translation>
            <numerusform>%n matrix is kept at full width only because nothing says what storing it smaller harms: %1. Choose another score, or set its option yourself.</numerusform>
            <numerusform>%n matrices are kept at full width only because nothing says what storing them smaller harms; the first is %1. Choose another score, or set their options yourself.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices were not run at any option: their harm (≈) is calibrated by others; the first is %1.</source>
        <translation>
            <numerusform>%n matrix was not run at any option: its harm (≈) is calibrated by others: %1.</numerusform>
            <numerusform>%n matrices were not run at any option: their harm (≈) is calibrated by others; the first is %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RefineData</name>
    <message numerus="yes">
        <source>%n unit(s)</source>
        <translation>
            <numerusform>%n unit</numerusform>
            <numerusform>%n units</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n round(s) done.</source>
        <translation>
            <numerusform>%n round done.</numerusform>
            <numerusform>%n rounds done.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views</name>
    <message numerus="yes">
        <source>%n site(s)</source>
        <translation>
            <numerusform>%n site</numerusform>
            <numerusform>%n sites</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::BlockRoleMatrix</name>
    <message numerus="yes">
        <source>%n unit(s) cannot be told apart from it (dashed)</source>
        <translation>
            <numerusform>%n unit cannot be told apart from it (dashed)</numerusform>
            <numerusform>%n units cannot be told apart from it (dashed)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them by the overlap of intervals: not measured on the same tokens</source>
        <translation>
            <numerusform>%n of them by the overlap of intervals: not measured on the same tokens</numerusform>
            <numerusform>%n of them by the overlap of intervals: not measured on the same tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::CheckList</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Show all %n</source>
        <translation>
            <numerusform>Show all %n</numerusform>
            <numerusform>Show all %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::Document</name>
    <message numerus="yes">
        <source>%n locked unit(s) kept their option; unlock with K first.</source>
        <translation>
            <numerusform>%n locked unit kept its option; unlock with K first.</numerusform>
            <numerusform>%n locked units kept their option; unlock with K first.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) cannot be stored as %1 and kept their option.</source>
        <translation>
            <numerusform>%n unit cannot be stored as %1 and kept its option.</numerusform>
            <numerusform>%n units cannot be stored as %1 and kept their option.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) that were chosen by hand or locked have no such option here and were solved anew within the budget. Undo brings them back.</source>
        <translation>
            <numerusform>%n unit that was chosen by hand or locked has no such option here and was solved anew within the budget. Undo brings it back.</numerusform>
            <numerusform>%n units that were chosen by hand or locked have no such option here and were solved anew within the budget. Undo brings them back.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::ExportChecks</name>
    <message numerus="yes">
        <source>%1 cannot store %n unit(s) as planned.</source>
        <translation>
            <numerusform>%1 cannot store %n unit as planned.</numerusform>
            <numerusform>%1 cannot store %n units as planned.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) differ from those that engines fuse them with.</source>
        <translation>
            <numerusform>%n unit differs from those that engines fuse them with.</numerusform>
            <numerusform>%n units differ from those that engines fuse them with.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) are stored in another way than asked for. Sizes and scores count that already.</source>
        <translation>
            <numerusform>%n unit is stored in another way than asked for. Sizes and scores count that already.</numerusform>
            <numerusform>%n units are stored in another way than asked for. Sizes and scores count that already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) hold NaN or Inf and are copied as they are.</source>
        <translation>
            <numerusform>%n unit holds NaN or Inf and is copied as it is.</numerusform>
            <numerusform>%n units hold NaN or Inf and are copied as they are.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) hold NaN or Inf: decide what becomes of them.</source>
        <translation>
            <numerusform>%n unit holds NaN or Inf: decide what becomes of it.</numerusform>
            <numerusform>%n units hold NaN or Inf: decide what becomes of them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>None in %n tensor(s).</source>
        <translation>
            <numerusform>None in %n tensor.</numerusform>
            <numerusform>None in %n tensors.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>GPTQ needs the Gram of the inputs, which the dump lacks for %n unit(s).</source>
        <translation>
            <numerusform>GPTQ needs the Gram of the inputs, which the dump lacks for %n unit.</numerusform>
            <numerusform>GPTQ needs the Gram of the inputs, which the dump lacks for %n units.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>GPTQ needs the Gram of the inputs for %n unit(s), and no dump is open.</source>
        <translation>
            <numerusform>GPTQ needs the Gram of the inputs for %n unit, and no dump is open.</numerusform>
            <numerusform>GPTQ needs the Gram of the inputs for %n units, and no dump is open.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::ExportPanel</name>
    <message numerus="yes">
        <source>Cannot be exported yet: %n problem(s)</source>
        <translation>
            <numerusform>Cannot be exported yet: %n problem</numerusform>
            <numerusform>Cannot be exported yet: %n problems</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ready, with %n warning(s)</source>
        <translation>
            <numerusform>Ready, with %n warning</numerusform>
            <numerusform>Ready, with %n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Nothing was written to the folder. %n finished unit(s) are kept beside it; exporting again resumes.</source>
        <translation>
            <numerusform>Nothing was written to the folder. %n finished unit is kept beside it; exporting again resumes.</numerusform>
            <numerusform>Nothing was written to the folder. %n finished units are kept beside it; exporting again resumes.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Nothing was exported: %n unit(s) failed</source>
        <translation>
            <numerusform>Nothing was exported: %n unit failed</numerusform>
            <numerusform>Nothing was exported: %n units failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n quantized unit(s) read back bit for bit as meant; </source>
        <translation>
            <numerusform>%n quantized unit read back bit for bit as meant; </numerusform>
            <numerusform>%n quantized units read back bit for bit as meant; </numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) compared with the source and the report of the export; </source>
        <translation>
            <numerusform>%n unit compared with the source and the report of the export; </numerusform>
            <numerusform>%n units compared with the source and the report of the export; </numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other tensor(s) equal the source byte for byte.</source>
        <translation>
            <numerusform>%n other tensor equals the source byte for byte.</numerusform>
            <numerusform>%n other tensors equal the source byte for byte.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The verification failed: %n problem(s)</source>
        <translation>
            <numerusform>The verification failed: %n problem</numerusform>
            <numerusform>The verification failed: %n problems</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::HarmPanel</name>
    <message numerus="yes">
        <source>%n pair(s) of unit and option are measured. What a whole plan costs, only running it tells.</source>
        <translation>
            <numerusform>%n pair of unit and option is measured. What a whole plan costs, only running it tells.</numerusform>
            <numerusform>%n pairs of unit and option are measured. What a whole plan costs, only running it tells.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::HarmRun</name>
    <message numerus="yes">
        <source>%n pair(s) measured.</source>
        <translation>
            <numerusform>%n pair measured.</numerusform>
            <numerusform>%n pairs measured.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n plan(s) measured.</source>
        <translation>
            <numerusform>%n plan measured.</numerusform>
            <numerusform>%n plans measured.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::MaximaChart</name>
    <message numerus="yes">
        <source>%n massive value(s) of this channel here</source>
        <translation>
            <numerusform>%n massive value of this channel here</numerusform>
            <numerusform>%n massive values of this channel here</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::OutlierPanel</name>
    <message numerus="yes">
        <source>%n site(s), %1 channels</source>
        <translation>
            <numerusform>%n site, %1 channels</numerusform>
            <numerusform>%n sites, %1 channels</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::ProofView</name>
    <message numerus="yes">
        <source>%n unit(s)</source>
        <translation>
            <numerusform>%n unit</numerusform>
            <numerusform>%n units</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::SizeTreemap</name>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::SpectrumChart</name>
    <message numerus="yes">
        <source>%n spike(s) above it</source>
        <translation>
            <numerusform>%n spike above it</numerusform>
            <numerusform>%n spikes above it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n spike(s)</source>
        <translation>
            <numerusform>%n spike</numerusform>
            <numerusform>%n spikes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitwright::views::WeightHistogram</name>
    <message numerus="yes">
        <source>%n weight(s) up to %1</source>
        <translation>
            <numerusform>%n weight up to %1</numerusform>
            <numerusform>%n weights up to %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n weight(s) down to %1</source>
        <translation>
            <numerusform>%n weight down to %1</numerusform>
            <numerusform>%n weights down to %1</numerusform>
        </translation>
    </message>
</context>
</TS>
