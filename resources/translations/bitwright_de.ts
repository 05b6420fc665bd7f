<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AlphaChart</name>
    <message>
        <source>block %1</source>
        <translation>Block %1</translation>
    </message>
    <message>
        <source>mean and range per block</source>
        <translation>Mittel und Spanne je Block</translation>
    </message>
</context>
<context>
    <name>ChartData</name>
    <message numerus="yes">
        <source>%n planned matrices have no recorded input; their activations are unknown.</source>
        <translation>
            <numerusform>%n geplante Matrix hat keine aufgezeichnete Eingabe; ihre Aktivierungen sind unbekannt.</numerusform>
            <numerusform>%n geplante Matrizen haben keine aufgezeichnete Eingabe; ihre Aktivierungen sind unbekannt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Scanning, %n tensor(s) to go.</source>
        <translation>
            <numerusform>Es wird gemessen, noch %n Tensor.</numerusform>
            <numerusform>Es wird gemessen, noch %n Tensoren.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) are not scanned: their statistics and spectra are unknown.</source>
        <translation>
            <numerusform>%n Tensor ist nicht gemessen: seine Statistik und sein Spektrum sind unbekannt.</numerusform>
            <numerusform>%n Tensoren sind nicht gemessen: ihre Statistiken und Spektren sind unbekannt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) could not be measured.</source>
        <translation>
            <numerusform>%n Tensor konnte nicht gemessen werden.</numerusform>
            <numerusform>%n Tensoren konnten nicht gemessen werden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s) hold NaN or Inf; they block the export until you decide.</source>
        <translation>
            <numerusform>%n Tensor enthält NaN oder Inf; er verhindert den Export, bis entschieden ist.</numerusform>
            <numerusform>%n Tensoren enthalten NaN oder Inf; sie verhindern den Export, bis entschieden ist.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices would be stored otherwise than planned.</source>
        <translation>
            <numerusform>%n Matrix würde anders gespeichert als geplant.</numerusform>
            <numerusform>%n Matrizen würden anders gespeichert als geplant.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices have no score for their option: their harm is unknown.</source>
        <translation>
            <numerusform>%n Matrix hat keinen Score für ihre Option: Ihr Schaden ist unbekannt.</numerusform>
            <numerusform>%n Matrizen haben keinen Score für ihre Option: Ihr Schaden ist unbekannt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices are kept at full width only because nothing says what storing them smaller harms; the first is %1. Choose another score, or set their options yourself.</source>
        <translation>
            <numerusform>%n Matrix bleibt nur deshalb in voller Breite, weil nichts sagt, was es schadet, sie kleiner zu speichern: %1. Hilft: einen anderen Score wählen oder die Option selbst setzen.</numerusform>
            <numerusform>%n Matrizen bleiben nur deshalb in voller Breite, weil nichts sagt, was es schadet, sie kleiner zu speichern; die erste ist %1. Hilft: einen anderen Score wählen oder die Optionen selbst setzen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n matrices were not run at any option: their harm (≈) is calibrated by others; the first is %1.</source>
        <translation>
            <numerusform>%n Matrix lief mit keiner Option: Ihr Schaden (≈) ist aus anderen kalibriert: %1.</numerusform>
            <numerusform>%n Matrizen liefen mit keiner Option: Ihr Schaden (≈) ist aus anderen kalibriert; die erste ist %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChartSurface</name>
    <message>
        <source>The picture could not be written to %1.</source>
        <translation>Das Bild konnte nicht nach %1 geschrieben werden.</translation>
    </message>
    <message>
        <source>Export picture</source>
        <translation>Bild exportieren</translation>
    </message>
    <message>
        <source>Pictures (*.svg *.pdf *.png)</source>
        <translation>Bilder (*.svg *.pdf *.png)</translation>
    </message>
</context>
<context>
    <name>Charts</name>
    <message>
        <source>Gray</source>
        <translation>Grau</translation>
    </message>
</context>
<context>
    <name>CoreText</name>
    <message>
        <source>File is empty.</source>
        <translation>Die Datei ist leer.</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>Die Datei noch einmal laden.</translation>
    </message>
    <message>
        <source>Too short: needs an 8-byte header length, has %1.</source>
        <translation>Zu kurz: Die Länge des Kopfes braucht 8 Bytes, es sind %1.</translation>
    </message>
    <message>
        <source>Header length %1 exceeds the %2 limit.</source>
        <translation>Die Länge %1 des Kopfes übersteigt die Grenze %2.</translation>
    </message>
    <message>
        <source>This is no safetensors file, or it is damaged.</source>
        <translation>Das ist keine safetensors-Datei, oder sie ist beschädigt.</translation>
    </message>
    <message>
        <source>Header says %1 bytes, only %2 follow.</source>
        <translation>Der Kopf nennt %1 Bytes, es folgen nur %2.</translation>
    </message>
    <message>
        <source>The download is probably incomplete; fetch the file again.</source>
        <translation>Wahrscheinlich wurde nicht alles geladen; die Datei noch einmal laden.</translation>
    </message>
    <message>
        <source>The file is damaged or was edited; fetch it again.</source>
        <translation>Die Datei ist beschädigt oder wurde geändert; noch einmal laden.</translation>
    </message>
    <message>
        <source>File is %1 bytes shorter than its header says.</source>
        <translation>Die Datei ist %1 Bytes kürzer, als ihr Kopf sagt.</translation>
    </message>
    <message>
        <source>%1 unexplained bytes at the end.</source>
        <translation>%1 unerklärte Bytes am Ende.</translation>
    </message>
    <message>
        <source>File changed while reading.</source>
        <translation>Die Datei hat sich beim Lesen geändert.</translation>
    </message>
    <message>
        <source>Not a regular file.</source>
        <translation>Keine gewöhnliche Datei.</translation>
    </message>
    <message>
        <source>Unknown dtype &quot;%1&quot;; tensor listed, data unavailable.</source>
        <translation>Unbekannter Typ „%1“; der Tensor ist aufgeführt, seine Daten fehlen.</translation>
    </message>
    <message>
        <source>Shard %1 of %2 not found: %3.</source>
        <translation>Teil %1 von %2 wurde nicht gefunden: %3.</translation>
    </message>
    <message>
        <source>Index places &quot;%1&quot; in %2, which lacks it.</source>
        <translation>Das Verzeichnis nennt „%1“ in %2, wo es fehlt.</translation>
    </message>
    <message>
        <source>Fetch the index file again.</source>
        <translation>Die Verzeichnisdatei noch einmal laden.</translation>
    </message>
    <message>
        <source>This is shard %1: open its folder for the whole model.</source>
        <translation>Das ist Teil %1: Für das ganze Modell seinen Ordner öffnen.</translation>
    </message>
    <message>
        <source>Holds %1 safetensors files and no %2.</source>
        <translation>Enthält %1 safetensors-Dateien und kein %2.</translation>
    </message>
    <message>
        <source>Tensor &quot;%1&quot; found in both %2 and %3.</source>
        <translation>Der Tensor „%1“ steht in %2 und in %3.</translation>
    </message>
    <message>
        <source>%1 is not valid JSON at byte %2.</source>
        <translation>%1 ist ab Byte %2 kein gültiges JSON.</translation>
    </message>
    <message>
        <source>%1 JSON ends early at byte %2.</source>
        <translation>Das JSON von %1 endet zu früh bei Byte %2.</translation>
    </message>
    <message>
        <source>Not an HDF5 file, so not an activation dump.</source>
        <translation>Keine HDF5-Datei, also kein Aktivierungsdump.</translation>
    </message>
    <message>
        <source>Record one with samples/capture/capture_activations.py.</source>
        <translation>Mit samples/capture/capture_activations.py einen aufzeichnen.</translation>
    </message>
    <message>
        <source>Attribute version is missing.</source>
        <translation>Das Attribut version fehlt.</translation>
    </message>
    <message>
        <source>Dump version %1 is not supported; this program reads version 1.</source>
        <translation>Version %1 des Dumps wird nicht gelesen; dieses Programm liest Version 1.</translation>
    </message>
    <message>
        <source>Dump has no group /sites.</source>
        <translation>Der Dump hat keine Gruppe /sites.</translation>
    </message>
    <message>
        <source>Declared size not backed by data.</source>
        <translation>Die genannte Größe ist nicht durch Daten gedeckt.</translation>
    </message>
    <message>
        <source>HDF5 library failed on this file: %1.</source>
        <translation>Die HDF5-Bibliothek scheiterte an dieser Datei: %1.</translation>
    </message>
    <message>
        <source>Write the file again with gzip or without compression.</source>
        <translation>Die Datei mit gzip oder ohne Kompression neu schreiben.</translation>
    </message>
    <message>
        <source>Site &quot;%1&quot; names a tensor that %2 does not have: the dump was made with another model.</source>
        <translation>Die Stelle „%1“ nennt einen Tensor, den %2 nicht hat: Der Dump stammt von einem anderen Modell.</translation>
    </message>
    <message>
        <source>Site &quot;%1&quot; has %2 channels, but the tensor has %3 %4: the dump was made with another model.</source>
        <translation>Die Stelle „%1“ hat %2 Kanäle, der Tensor aber %3 %4: Der Dump stammt von einem anderen Modell.</translation>
    </message>
    <message>
        <source>%1 and %2 cannot be opened together: one model and one project at a time.</source>
        <translation>%1 und %2 lassen sich nicht zusammen öffnen: ein Modell und ein Projekt zugleich.</translation>
    </message>
    <message>
        <source>A dump alone cannot be opened: name the model that it was recorded from.</source>
        <translation>Ein Dump allein lässt sich nicht öffnen: Das Modell nennen, von dem er stammt.</translation>
    </message>
    <message>
        <source>The project %1 names no model.</source>
        <translation>Das Projekt %1 nennt kein Modell.</translation>
    </message>
    <message>
        <source>The project&apos;s dump was left out: %1</source>
        <translation>Der Dump des Projekts wurde weggelassen: %1</translation>
    </message>
    <message>
        <source>Not a Bitwright project (an SQLite database of another program).</source>
        <translation>Kein Bitwright-Projekt (eine SQLite-Datenbank eines anderen Programms).</translation>
    </message>
    <message>
        <source>The project was made by a newer Bitwright (schema %1).</source>
        <translation>Das Projekt stammt von einem neueren Bitwright (Schema %1).</translation>
    </message>
    <message>
        <source>Open it with that version.</source>
        <translation>Mit jener Version öffnen.</translation>
    </message>
    <message>
        <source>There is no such project file.</source>
        <translation>Diese Projektdatei gibt es nicht.</translation>
    </message>
    <message>
        <source>The model has no matrix that could be quantized.</source>
        <translation>Das Modell hat keine Matrix, die sich quantisieren ließe.</translation>
    </message>
    <message>
        <source>The budget is %1 bytes but the smallest possible plan has %2.</source>
        <translation>Das Budget ist %1 Bytes, der kleinste mögliche Plan hat aber %2.</translation>
    </message>
    <message>
        <source>Raise the budget; without locks %1 bytes are still needed.</source>
        <translation>Das Budget erhöhen; auch ohne Sperren sind %1 Bytes nötig.</translation>
    </message>
    <message>
        <source>That is %1 bits per weight of the planned units where at least %2 are needed, or %3 bytes (%4 bits per weight) for the whole file.</source>
        <translation>Das sind %1 Bit je Gewicht der geplanten Einheiten, nötig sind mindestens %2, oder %3 Bytes (%4 Bits je Gewicht) für die ganze Datei.</translation>
    </message>
    <message>
        <source>The budget is %1 bytes of the file, but the tensors that no plan decides already take %2 (%3 bits per weight of the file).</source>
        <translation>Das Budget ist %1 Bytes der Datei, aber schon die Tensoren, über die kein Plan entscheidet, brauchen %2 (%3 Bits je Gewicht der Datei).</translation>
    </message>
    <message>
        <source>%1 of %2 units have no option with a score (%3), so nothing can be chosen for them.</source>
        <translation>%1 von %2 Einheiten haben keine Option mit einem Score (%3), für sie lässt sich also nichts wählen.</translation>
    </message>
    <message>
        <source>It is locked to %1, but &quot;%2&quot;, which it is tied to (%3), is locked to %4.</source>
        <translation>Sie ist auf %1 gesperrt, „%2“, womit sie gekoppelt ist (%3), aber auf %4.</translation>
    </message>
    <message>
        <source>It is locked to &quot;%1&quot;, which is not offered here.</source>
        <translation>Sie ist auf „%1“ gesperrt, was es hier nicht gibt.</translation>
    </message>
    <message>
        <source>The plan names option &quot;%1&quot;, which is not offered here.</source>
        <translation>Der Plan nennt die Option „%1“, die es hier nicht gibt.</translation>
    </message>
    <message>
        <source>Option &quot;%1&quot; is not offered here.</source>
        <translation>Die Option „%1“ gibt es hier nicht.</translation>
    </message>
    <message>
        <source>The plan was made for target %1, not %2.</source>
        <translation>Der Plan ist für das Ziel %1, nicht %2.</translation>
    </message>
    <message>
        <source>The plan was made for another model (%1).</source>
        <translation>Der Plan ist für ein anderes Modell (%1).</translation>
    </message>
    <message>
        <source>The plan is not JSON: it breaks at byte %1.</source>
        <translation>Der Plan ist kein JSON: Er bricht bei Byte %1.</translation>
    </message>
    <message>
        <source>This is no Bitwright plan: its &quot;schema&quot; is not &quot;%1&quot;.</source>
        <translation>Das ist kein Bitwright-Plan: Sein „schema“ ist nicht „%1“.</translation>
    </message>
    <message>
        <source>The plan has version %1; this program reads version %2.</source>
        <translation>Der Plan hat Version %1; dieses Programm liest Version %2.</translation>
    </message>
    <message>
        <source>a quantized language-model head loads in transformers; other engines may expect it unquantized</source>
        <translation>ein quantisierter Ausgabekopf lässt sich in transformers laden; andere Programme erwarten ihn womöglich unquantisiert</translation>
    </message>
    <message>
        <source>asymmetric packed weights follow the format, but transformers 5.23 with compressed-tensors 0.20 refuses them on its default route; symmetric ones load</source>
        <translation>asymmetrisch gepackte Gewichte folgen dem Format, aber transformers 5.23 mit compressed-tensors 0.20 weist sie auf dem üblichen Weg zurück; symmetrische lädt es</translation>
    </message>
    <message>
        <source>%1 needs the Gram of the unit&apos;s inputs, which is unknown.</source>
        <translation>%1 braucht die Gram-Matrix der Eingänge, und die ist unbekannt.</translation>
    </message>
    <message>
        <source>%1 needs the Gram of the unit&apos;s inputs.</source>
        <translation>%1 braucht die Gram-Matrix der Eingänge.</translation>
    </message>
    <message>
        <source>It falls back to %1 while &quot;%2&quot;, which engines fuse it with (%3), has %4.</source>
        <translation>Sie fällt auf %1 zurück, während „%2“, womit Engines sie verschmelzen (%3), %4 hat.</translation>
    </message>
    <message>
        <source>It is %1 while &quot;%2&quot;, which engines fuse it with (%3), is %4.</source>
        <translation>Sie ist %1, während „%2“, womit Engines sie verschmelzen (%3), %4 ist.</translation>
    </message>
    <message>
        <source>compressed-tensors cannot store it as %1: %2.</source>
        <translation>compressed-tensors kann sie nicht als %1 speichern: %2.</translation>
    </message>
    <message>
        <source>one scale per row instead of group %1: no legal group up to it divides %2 inputs</source>
        <translation>eine Skala je Zeile statt Gruppe %1: keine erlaubte Gruppe bis dahin teilt %2 Eingänge</translation>
    </message>
    <message>
        <source>group %1 instead of %2, which does not divide %3 inputs</source>
        <translation>Gruppe %1 statt %2, die %3 Eingänge nicht teilt</translation>
    </message>
    <message>
        <source>Anything that reads safetensors; tensor names, shapes and dtypes are those of the source.</source>
        <translation>Alles, was safetensors liest; Namen, Formen und Typen der Tensoren sind die der Quelle.</translation>
    </message>
    <message>
        <source>Not saved: %1 bytes of disk space are needed, %2 are free.</source>
        <translation>Nicht gespeichert: %1 Bytes Plattenplatz sind nötig, %2 sind frei.</translation>
    </message>
    <message>
        <source>Cannot write: folder %1 does not exist.</source>
        <translation>Schreiben nicht möglich: Den Ordner %1 gibt es nicht.</translation>
    </message>
    <message>
        <source>Cannot write: nothing can be made in folder %1.</source>
        <translation>Schreiben nicht möglich: Im Ordner %1 lässt sich nichts anlegen.</translation>
    </message>
    <message>
        <source>Cannot write: %1.</source>
        <translation>Schreiben nicht möglich: %1.</translation>
    </message>
    <message>
        <source>Reading it back gave other values than the quantizer meant.</source>
        <translation>Das Zurücklesen ergab andere Werte, als der Quantisierer meinte.</translation>
    </message>
    <message>
        <source>The written files are not what was planned; nothing was saved.</source>
        <translation>Die geschriebenen Dateien sind nicht, was geplant war; nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>Written as planned: %1 quantized units read back exactly as meant, %2 units and %3 other tensors equal the source byte for byte.</source>
        <translation>Wie geplant geschrieben: %1 quantisierte Einheiten lesen sich genau wie gemeint, %2 Einheiten und %3 weitere Tensoren gleichen der Quelle Byte für Byte.</translation>
    </message>
    <message>
        <source>Values are stored as ordinary floats; a packed file of this plan would take %1 bytes of weights (%2 bpw).</source>
        <translation>Die Werte stehen als gewöhnliche Gleitkommazahlen; eine gepackte Datei dieses Plans hätte %1 Bytes Gewichte (%2 bpw).</translation>
    </message>
    <message>
        <source>It takes %1 bytes instead of the planned %2.</source>
        <translation>Sie belegt %1 Bytes statt der geplanten %2.</translation>
    </message>
    <message>
        <source>It is stored as %1, not %2.</source>
        <translation>Sie ist als %1 gespeichert, nicht als %2.</translation>
    </message>
    <message>
        <source>The export cannot be opened: %1</source>
        <translation>Der Export lässt sich nicht öffnen: %1</translation>
    </message>
    <message>
        <source>Unknown dtype &quot;%1&quot;: the tensor cannot be copied.</source>
        <translation>Unbekannter Typ „%1“: Der Tensor lässt sich nicht kopieren.</translation>
    </message>
    <message>
        <source>Weight at row %1, column %2 is %3.</source>
        <translation>Das Gewicht in Zeile %1, Spalte %2 ist %3.</translation>
    </message>
    <message>
        <source>Keep this tensor unquantized, or repair the checkpoint.</source>
        <translation>Diesen Tensor unquantisiert lassen oder den Checkpoint reparieren.</translation>
    </message>
    <message>
        <source>The weight at row %1, column %2 is %3: a spectrum needs finite numbers.</source>
        <translation>Das Gewicht in Zeile %1, Spalte %2 ist %3: Ein Spektrum braucht endliche Zahlen.</translation>
    </message>
    <message>
        <source>The shorter side of %1 x %2 exceeds %3.</source>
        <translation>Die kürzere Seite von %1 × %2 übersteigt %3.</translation>
    </message>
    <message>
        <source>The spectrum of a %1 x %2 matrix needs %3 MiB, %4 MiB are allowed.</source>
        <translation>Das Spektrum einer Matrix %1 × %2 braucht %3 MiB, %4 MiB sind erlaubt.</translation>
    </message>
    <message>
        <source>A %1 x %2 matrix does not fit into the memory budget of %3 MiB.</source>
        <translation>Eine Matrix %1 × %2 passt nicht in das Speicherbudget von %3 MiB.</translation>
    </message>
    <message>
        <source>GPTQ diverges at input %1, rows %2 to %3; raise the dampening.</source>
        <translation>GPTQ divergiert bei Eingang %1, Zeilen %2 bis %3; die Dämpfung erhöhen.</translation>
    </message>
    <message>
        <source>The Gram is all zero: its inputs were never active.</source>
        <translation>Die Gram-Matrix ist ganz null: Ihre Eingänge waren nie aktiv.</translation>
    </message>
    <message>
        <source>Record more tokens or raise the dampening.</source>
        <translation>Mehr Token aufzeichnen oder die Dämpfung erhöhen.</translation>
    </message>
    <message>
        <source>Shapes differ: [%1] and [%2].</source>
        <translation>Die Formen unterscheiden sich: [%1] und [%2].</translation>
    </message>
    <message>
        <source>Values of type %1 cannot be read.</source>
        <translation>Werte vom Typ %1 lassen sich nicht lesen.</translation>
    </message>
    <message>
        <source>unknown dtype &quot;%1&quot;: data unavailable</source>
        <translation>unbekannter Typ „%1“: Daten fehlen</translation>
    </message>
    <message>
        <source>dtype %1 is not a weight type</source>
        <translation>der Typ %1 ist keiner für Gewichte</translation>
    </message>
    <message>
        <source>%1-dimensional: convolution kernel or buffer, kept</source>
        <translation>%1-dimensional: Faltungskern oder Puffer, bleibt</translation>
    </message>
    <message>
        <source>%1-dimensional and no stack of experts</source>
        <translation>%1-dimensional und kein Stapel von Experten</translation>
    </message>
    <message>
        <source>%1 codes with scales of their own: already quantized</source>
        <translation>%1-Codes mit eigenen Skalen: schon quantisiert</translation>
    </message>
    <message>
        <source>embedding table: kept</source>
        <translation>Embedding-Tabelle: bleibt</translation>
    </message>
    <message>
        <source>position embedding: kept</source>
        <translation>Positions-Embedding: bleibt</translation>
    </message>
    <message>
        <source>token type embedding: kept</source>
        <translation>Tokentyp-Embedding: bleibt</translation>
    </message>
    <message>
        <source>patch embedding: kept</source>
        <translation>Patch-Embedding: bleibt</translation>
    </message>
    <message>
        <source>router: kept, tiny and sensitive</source>
        <translation>Router: bleibt, winzig und empfindlich</translation>
    </message>
    <message>
        <source>gate of the shared expert: kept, tiny and sensitive</source>
        <translation>Gate des gemeinsamen Experten: bleibt, winzig und empfindlich</translation>
    </message>
    <message>
        <source>norm: kept</source>
        <translation>Norm: bleibt</translation>
    </message>
    <message>
        <source>bias: kept</source>
        <translation>Bias: bleibt</translation>
    </message>
    <message>
        <source>scale of an already quantized weight</source>
        <translation>Skala eines schon quantisierten Gewichts</translation>
    </message>
    <message>
        <source>packed MXFP4 codes: already quantized</source>
        <translation>gepackte MXFP4-Codes: schon quantisiert</translation>
    </message>
    <message>
        <source>packed codes: already quantized</source>
        <translation>gepackte Codes: schon quantisiert</translation>
    </message>
    <message>
        <source>1-dimensional</source>
        <translation>eindimensional</translation>
    </message>
    <message>
        <source>a single number</source>
        <translation>eine einzelne Zahl</translation>
    </message>
    <message>
        <source>byte %1:</source>
        <translation>Byte %1:</translation>
    </message>
    <message>
        <source>predicted by %1, not measured</source>
        <translation>vorhergesagt mit %1, nicht gemessen</translation>
    </message>
    <message>
        <source>predicted by %1 on %2 tokens, not measured</source>
        <translation>vorhergesagt mit %1 auf %2 Token, nicht gemessen</translation>
    </message>
    <message>
        <source>all rounds were used</source>
        <translation>alle Runden sind verbraucht</translation>
    </message>
    <message>
        <source>there is no step to try</source>
        <translation>es gibt keinen Schritt zu versuchen</translation>
    </message>
    <message>
        <source>no change is better beyond its own noise</source>
        <translation>keine Änderung ist über ihr eigenes Rauschen hinaus besser</translation>
    </message>
    <message>
        <source>nothing was better beyond its noise on the tokens that chose it</source>
        <translation>nichts war über sein Rauschen hinaus besser auf den Token, die es wählten</translation>
    </message>
    <message>
        <source>what was better did not hold on tokens that had not chosen it</source>
        <translation>was besser war, hielt nicht auf Token, die es nicht gewählt hatten</translation>
    </message>
    <message>
        <source>%1 tokens are too few to tell a change from noise.</source>
        <translation>%1 Token sind zu wenige, um eine Änderung vom Rauschen zu unterscheiden.</translation>
    </message>
    <message>
        <source>%1 tokens cannot be split into those that choose and those that judge.</source>
        <translation>%1 Token lassen sich nicht in wählende und urteilende teilen.</translation>
    </message>
    <message>
        <source>Give a longer text.</source>
        <translation>Einen längeren Text geben.</translation>
    </message>
    <message>
        <source>single units measured (%1) on up to %2 tokens: %3 pairs; %4 pairs calibrated from %5 measurements by %6, %7 of them outside of what was measured</source>
        <translation>einzelne Einheiten gemessen (%1) auf bis zu %2 Token: %3 Paare; %4 Paare mit %6 aus %5 Messungen kalibriert, %7 davon außerhalb des Gemessenen</translation>
    </message>
    <message>
        <source>single units measured (%1) on up to %2 tokens: %3 pairs; %4 pairs calibrated from %5 measurements by %6</source>
        <translation>einzelne Einheiten gemessen (%1) auf bis zu %2 Token: %3 Paare; %4 Paare mit %6 aus %5 Messungen kalibriert</translation>
    </message>
    <message>
        <source>single units measured (%1) on up to %2 tokens: %3 pairs</source>
        <translation>einzelne Einheiten gemessen (%1) auf bis zu %2 Token: %3 Paare</translation>
    </message>
    <message>
        <source>KL in nats per token</source>
        <translation>KL in Nat je Token</translation>
    </message>
    <message>
        <source>cosine distance of sentence embeddings</source>
        <translation>Kosinusabstand der Satz-Embeddings</translation>
    </message>
    <message>
        <source>transformers 5.23 with compressed-tensors 0.20 loads symmetric formats and refuses asymmetric ones (with dequantize=True it gets mixed bits wrong). vLLM, whose format this is, was not tried.</source>
        <translation>transformers 5.23 mit compressed-tensors 0.20 lädt symmetrische Formate und lehnt asymmetrische ab (mit dequantize=True liest es gemischte Bits falsch). vLLM, dessen Format das ist, wurde nicht geprüft.</translation>
    </message>
    <message>
        <source>Its value %1 is NaN or infinite.</source>
        <translation>Sein Wert %1 ist NaN oder unendlich.</translation>
    </message>
    <message>
        <source>Its value at row %1, column %2 is NaN or infinite.</source>
        <translation>Sein Wert in Zeile %1, Spalte %2 ist NaN oder unendlich.</translation>
    </message>
    <message>
        <source>Its changed value at row %1, column %2 is NaN or infinite.</source>
        <translation>Sein geänderter Wert in Zeile %1, Spalte %2 ist NaN oder unendlich.</translation>
    </message>
    <message>
        <source>Sequence %1 has %2 ids, the model has positions for %3.</source>
        <translation>Sequenz %1 hat %2 Token-Nummern, das Modell hat Positionen für %3.</translation>
    </message>
    <message>
        <source>Give shorter sequences, or have them cut with --sequence-length N.</source>
        <translation>Kürzere Sequenzen angeben, oder sie mit --sequence-length N schneiden lassen.</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1
%2
Click to copy.</source>
        <translation>%1
%2
Klick kopiert.</translation>
    </message>
    <message>
        <source>Opens the glossary</source>
        <translation>Öffnet das Glossar</translation>
    </message>
</context>
<context>
    <name>RefineData</name>
    <message numerus="yes">
        <source>%n unit(s)</source>
        <translation>
            <numerusform>%n Einheit</numerusform>
            <numerusform>%n Einheiten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n round(s) done.</source>
        <translation>
            <numerusform>%n Runde fertig.</numerusform>
            <numerusform>%n Runden fertig.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SiteWords</name>
    <message>
        <source>block %1</source>
        <translation>Block %1</translation>
    </message>
    <message>
        <source>block %1, %2</source>
        <translation>Block %1, %2</translation>
    </message>
</context>
<context>
    <name>TensorMenu</name>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>%1 bpw · %2 · harm %3</source>
        <translation>%1 bpw · %2 · Schaden %3</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>Set &amp;bits</source>
        <translation>&amp;Bits setzen</translation>
    </message>
    <message>
        <source>%1 bits	%1</source>
        <translation>%1 Bit	%1</translation>
    </message>
    <message>
        <source>Set &amp;option</source>
        <translation>&amp;Option setzen</translation>
    </message>
    <message>
        <source>&amp;Restore the solver&apos;s choice	0</source>
        <translation>Wahl des Lösers &amp;wiederherstellen	0</translation>
    </message>
    <message>
        <source>What the solver takes for these tensors at the budget (0)</source>
        <translation>Was der Löser für diese Tensoren beim Budget nimmt (0)</translation>
    </message>
    <message>
        <source>Un&amp;lock	K</source>
        <translation>&amp;Entsperren	K</translation>
    </message>
    <message>
        <source>&amp;Lock	K</source>
        <translation>&amp;Sperren	K</translation>
    </message>
    <message>
        <source>A locked tensor keeps its option whatever the solver does (K)</source>
        <translation>Ein gesperrter Tensor behält seine Option, was auch der Löser tut (K)</translation>
    </message>
    <message>
        <source>Harm: %1</source>
        <translation>Schaden: %1</translation>
    </message>
    <message>
        <source>%1 tensors</source>
        <translation>%1 Tensoren</translation>
    </message>
    <message>
        <source>&amp;Select in all views</source>
        <translation>In allen Ansichten &amp;auswählen</translation>
    </message>
    <message>
        <source>Every view shows this tensor</source>
        <translation>Jede Ansicht zeigt diesen Tensor</translation>
    </message>
    <message>
        <source>Write a &amp;note…	N</source>
        <translation>&amp;Notiz schreiben…	N</translation>
    </message>
    <message>
        <source>Edit the &amp;note…	N</source>
        <translation>&amp;Notiz ändern…	N</translation>
    </message>
    <message>
        <source>Pins a text to this tensor; kept in the project (N)</source>
        <translation>Heftet einen Text an diesen Tensor; bleibt im Projekt (N)</translation>
    </message>
    <message>
        <source>&amp;Copy name</source>
        <translation>Namen &amp;kopieren</translation>
    </message>
    <message>
        <source>The full name, to the clipboard</source>
        <translation>Der volle Name, in die Zwischenablage</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation>Notiz zu %1</translation>
    </message>
    <message>
        <source>&amp;Ties of the whole plan	T</source>
        <translation>&amp;Kopplungen des ganzen Plans	T</translation>
    </message>
    <message>
        <source>Everywhere in the plan, whatever is selected: q/k/v, gate/up and experts take one option together (T)</source>
        <translation>Überall im Plan, was auch gewählt ist: q/k/v, gate/up und Experten nehmen gemeinsam eine Option (T)</translation>
    </message>
</context>
<context>
    <name>Text</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 Bytes</translation>
    </message>
</context>
<context>
    <name>bitwright::gui</name>
    <message>
        <source>Mean squared &amp;gradients</source>
        <translation>Mittlere quadrierte &amp;Gradienten</translation>
    </message>
    <message>
        <source>G&amp;ram matrices</source>
        <translation>Gram-M&amp;atrizen</translation>
    </message>
    <message>
        <source>the bundled text</source>
        <translation>der mitgelieferte Text</translation>
    </message>
    <message>
        <source>Plain English in the public domain, by the model&apos;s own tokenizer</source>
        <translation>Gemeinfreies Englisch, durch den Tokenizer des Modells</translation>
    </message>
    <message>
        <source>Tokens to run; time grows with them, memory does not</source>
        <translation>Token, die laufen; die Zeit wächst mit ihnen, der Speicher nicht</translation>
    </message>
    <message>
        <source>The score fisher needs them; they take about twice the time of the rest</source>
        <translation>Der Score fisher braucht sie; sie dauern etwa doppelt so lang wie der Rest</translation>
    </message>
    <message>
        <source>Encoders have none here</source>
        <translation>Encoder haben hier keine</translation>
    </message>
    <message>
        <source>GPTQ needs them; they make the file large</source>
        <translation>GPTQ braucht sie; sie machen die Datei groß</translation>
    </message>
    <message>
        <source>The dump to write (.h5)</source>
        <translation>Der Dump, der geschrieben wird (.h5)</translation>
    </message>
    <message>
        <source>Record activations</source>
        <translation>Aktivierungen aufnehmen</translation>
    </message>
    <message>
        <source>&amp;Text…</source>
        <translation>&amp;Text…</translation>
    </message>
    <message>
        <source>Another text, or token ids as .npy</source>
        <translation>Ein anderer Text, oder Token-Nummern als .npy</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>&amp;Wählen…</translation>
    </message>
    <message>
        <source>Where the dump goes</source>
        <translation>Wohin der Dump kommt</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Dump</source>
        <translation>Dump</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>Auf&amp;nehmen</translation>
    </message>
    <message>
        <source>Text to run</source>
        <translation>Text, der läuft</translation>
    </message>
    <message>
        <source>Texts and token ids (*.txt *.md *.npy *.ids);;All files (*)</source>
        <translation>Texte und Token-Nummern (*.txt *.md *.npy *.ids);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Dump to write</source>
        <translation>Zu schreibender Dump</translation>
    </message>
    <message>
        <source>Activation dumps (*.h5)</source>
        <translation>Aktivierungs-Dumps (*.h5)</translation>
    </message>
</context>
<context>
    <name>bitwright::gui::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Type a few letters of an action, a view, a plan or a tensor</source>
        <translation>Einige Buchstaben einer Aktion, einer Ansicht, eines Plans oder eines Tensors tippen</translation>
    </message>
    <message>
        <source>Search actions, views, plans and tensors</source>
        <translation>Aktionen, Ansichten, Pläne und Tensoren suchen</translation>
    </message>
    <message>
        <source>Matches, best first</source>
        <translation>Treffer, die besten zuerst</translation>
    </message>
    <message>
        <source>Nothing matches.</source>
        <translation>Nichts passt.</translation>
    </message>
    <message>
        <source>The best %1 of %2. Enter runs, Esc closes</source>
        <translation>Die besten %1 von %2. Enter führt aus, Esc schließt</translation>
    </message>
    <message>
        <source>%1 matches. Enter runs, Esc closes</source>
        <translation>%1 Treffer. Enter führt aus, Esc schließt</translation>
    </message>
</context>
<context>
    <name>bitwright::gui::HeaderStrip</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel the running job</source>
        <translation>Die laufende Aufgabe abbrechen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>No model is open</source>
        <translation>Kein Modell geöffnet</translation>
    </message>
    <message>
        <source>no activations</source>
        <translation>keine Aktivierungen</translation>
    </message>
    <message>
        <source>Activations: %1. Click to add another dump</source>
        <translation>Aktivierungen: %1. Klick fügt einen weiteren Dump hinzu</translation>
    </message>
    <message>
        <source>scanning</source>
        <translation>Scan läuft</translation>
    </message>
    <message>
        <source>%1 not scanned</source>
        <translation>%1 nicht gescannt</translation>
    </message>
    <message>
        <source>%1 with NaN</source>
        <translation>%1 mit NaN</translation>
    </message>
    <message>
        <source>scores: %1</source>
        <translation>Scores: %1</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>%1 %2 %</source>
        <translation>%1 %2 %</translation>
    </message>
    <message>
        <source>Progress of the running job</source>
        <translation>Fortschritt der laufenden Aufgabe</translation>
    </message>
    <message>
        <source>Hide this message (Esc)</source>
        <translation>Diese Meldung verbergen (Esc)</translation>
    </message>
    <message>
        <source>Dismiss the message</source>
        <translation>Meldung schließen</translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation>%1 Parameter</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>Open a model folder or file</source>
        <translation>Einen Modellordner oder eine Datei öffnen</translation>
    </message>
    <message>
        <source>Without activations the score knows weights only, and maxima and outliers are unknown. Click to open a dump</source>
        <translation>Ohne Aktivierungen kennt der Score nur Gewichte, und Maxima und Outlier sind unbekannt. Klick öffnet einen Dump</translation>
    </message>
    <message>
        <source>Weights are being measured. Click for the jobs</source>
        <translation>Gewichte werden gemessen. Klick zeigt die Aufgaben</translation>
    </message>
    <message>
        <source>not scanned</source>
        <translation>nicht gescannt</translation>
    </message>
    <message>
        <source>Measure statistics and spectra of all weights (F5)</source>
        <translation>Statistik und Spektren aller Gewichte messen (F5)</translation>
    </message>
    <message>
        <source>NaN</source>
        <translation>NaN</translation>
    </message>
    <message>
        <source>NaN or Inf block the export of these tensors until you decide. Click to see which</source>
        <translation>NaN oder Inf verhindern den Export dieser Tensoren, bis entschieden ist. Klick zeigt, welche</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 fehlgeschlagen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>These could not be measured. Click for the jobs, which name them and say why</source>
        <translation>Diese konnten nicht gemessen werden. Klick zeigt die Aufgaben, die sie nennen und den Grund sagen</translation>
    </message>
    <message>
        <source>scores: %1, %2 tokens</source>
        <translation>Scores: %1, %2 Token</translation>
    </message>
    <message>
        <source>%1. Click to choose another score</source>
        <translation>%1. Klick wählt einen anderen Score</translation>
    </message>
    <message>
        <source>%1	%2 NaN, %3 Inf</source>
        <translation>%1	%2 NaN, %3 Inf</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>Decide in Export…</source>
        <translation>Im Export entscheiden…</translation>
    </message>
    <message>
        <source>%1 bpw</source>
        <translation>%1 bpw</translation>
    </message>
    <message>
        <source>%1 below the budget</source>
        <translation>%1 unter dem Budget</translation>
    </message>
    <message>
        <source>%1 over the budget</source>
        <translation>%1 über dem Budget</translation>
    </message>
    <message>
        <source>activations: %1 tokens</source>
        <translation>Aktivierungen: %1 Token</translation>
    </message>
    <message>
        <source>%1 in the file</source>
        <translation>%1 in der Datei</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>scores: %1, up to %2 tokens</source>
        <translation>Scores: %1, bis zu %2 Token</translation>
    </message>
    <message>
        <source>harm measured</source>
        <translation>Schaden gemessen</translation>
    </message>
    <message>
        <source>activations: %1</source>
        <translation>Aktivierungen: %1</translation>
    </message>
</context>
<context>
    <name>bitwright::gui::MainWindow</name>
    <message>
        <source>%1 – Bitwright</source>
        <translation>%1 – Bitwright</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;About Bitwright</source>
        <translation>Ü&amp;ber Bitwright</translation>
    </message>
    <message>
        <source>About Bitwright</source>
        <translation>Über Bitwright</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Open &amp;model folder…</source>
        <translation>&amp;Modellordner öffnen…</translation>
    </message>
    <message>
        <source>Open &amp;file…</source>
        <translation>&amp;Datei öffnen…</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Models, dumps and projects (*.safetensors *.index.json *.h5 *.hdf5 *.bwp);;All files (*)</source>
        <translation>Modelle, Dumps und Projekte (*.safetensors *.index.json *.h5 *.hdf5 *.bwp);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open &amp;dump…</source>
        <translation>D&amp;ump öffnen…</translation>
    </message>
    <message>
        <source>&amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Save project as…</source>
        <translation>Projekt &amp;speichern unter…</translation>
    </message>
    <message>
        <source>&amp;Close model</source>
        <translation>Modell s&amp;chließen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Leave the program</source>
        <translation>Das Programm verlassen</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Filter tensors</source>
        <translation>Tensoren &amp;filtern</translation>
    </message>
    <message>
        <source>Go to the filter of the tree</source>
        <translation>Zum Filter des Baums gehen</translation>
    </message>
    <message>
        <source>&amp;Plan</source>
        <translation>&amp;Plan</translation>
    </message>
    <message>
        <source>&amp;Scan the model</source>
        <translation>Modell &amp;scannen</translation>
    </message>
    <message>
        <source>&amp;Improve within locks</source>
        <translation>Innerhalb der Sperren &amp;verbessern</translation>
    </message>
    <message>
        <source>&amp;Uniform</source>
        <translation>&amp;Einheitlich</translation>
    </message>
    <message>
        <source>&amp;Restore the solver&apos;s choice</source>
        <translation>Wahl des Lösers &amp;wiederherstellen</translation>
    </message>
    <message>
        <source>&amp;Lock or unlock</source>
        <translation>Sperren oder &amp;entsperren</translation>
    </message>
    <message>
        <source>Save plan &amp;as…</source>
        <translation>Plan speichern &amp;unter…</translation>
    </message>
    <message>
        <source>&amp;Named plans</source>
        <translation>&amp;Benannte Pläne</translation>
    </message>
    <message>
        <source>&amp;Write plan JSON…</source>
        <translation>Plan-JSON &amp;schreiben…</translation>
    </message>
    <message>
        <source>Read plan &amp;JSON…</source>
        <translation>Plan-&amp;JSON lesen…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Look</source>
        <translation>&amp;Betrachten</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportieren</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Farbschema</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>Open model folder</source>
        <translation>Modellordner öffnen</translation>
    </message>
    <message>
        <source>Open activation dump</source>
        <translation>Aktivierungs-Dump öffnen</translation>
    </message>
    <message>
        <source>Activation dumps (*.h5 *.hdf5);;All files (*)</source>
        <translation>Aktivierungs-Dumps (*.h5 *.hdf5);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Bitwright projects (*.bwp)</source>
        <translation>Bitwright-Projekte (*.bwp)</translation>
    </message>
    <message>
        <source>Save plan</source>
        <translation>Plan speichern</translation>
    </message>
    <message>
        <source>Name of the plan</source>
        <translation>Name des Plans</translation>
    </message>
    <message>
        <source>Write plan JSON</source>
        <translation>Plan-JSON schreiben</translation>
    </message>
    <message>
        <source>Plans (*.json)</source>
        <translation>Pläne (*.json)</translation>
    </message>
    <message>
        <source>Read plan JSON</source>
        <translation>Plan-JSON lesen</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation>%1 kann nicht gelesen werden: %2</translation>
    </message>
    <message>
        <source>Read plan</source>
        <translation>Plan lesen</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>S&amp;prache</translation>
    </message>
    <message>
        <source>Language of the program, from the next start on</source>
        <translation>Sprache des Programms, ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>The new language is used when the program starts again.</source>
        <translation>Die neue Sprache gilt, wenn das Programm wieder startet.</translation>
    </message>
    <message>
        <source>Language of the &amp;system</source>
        <translation>Sprache des &amp;Systems</translation>
    </message>
    <message>
        <source>Perspectives</source>
        <translation>Perspektiven</translation>
    </message>
    <message>
        <source>an unknown time</source>
        <translation>einer unbekannten Zeit</translation>
    </message>
    <message>
        <source>The program ended unexpectedly. The plan &quot;%1&quot; as it stood at %2 was kept aside.</source>
        <translation>Das Programm wurde unerwartet beendet. Der Plan „%1“, wie er um %2 stand, wurde beiseitegelegt.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Take that plan; can be undone</source>
        <translation>Diesen Plan nehmen; lässt sich rückgängig machen</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Forget it and go on with the present plan</source>
        <translation>Ihn vergessen und mit dem aktuellen Plan weitermachen</translation>
    </message>
    <message>
        <source>Export is running</source>
        <translation>Export läuft</translation>
    </message>
    <message>
        <source>Stop the export and leave? What was written so far is not a finished export.</source>
        <translation>Den Export anhalten und beenden? Was bisher geschrieben wurde, ist kein fertiger Export.</translation>
    </message>
    <message>
        <source>Open a Hugging Face folder</source>
        <translation>Einen Hugging-Face-Ordner öffnen</translation>
    </message>
    <message>
        <source>Open a model file, a dump or a project</source>
        <translation>Eine Modelldatei, einen Dump oder ein Projekt öffnen</translation>
    </message>
    <message>
        <source>Open recorded activations of the open model</source>
        <translation>Aufgezeichnete Aktivierungen des offenen Modells öffnen</translation>
    </message>
    <message>
        <source>Keep everything measured and planned in one file and go on there</source>
        <translation>Alles Gemessene und Geplante in einer Datei aufheben und dort weitermachen</translation>
    </message>
    <message>
        <source>Close the model; what was measured and planned is kept</source>
        <translation>Das Modell schließen; Gemessenes und Geplantes bleibt erhalten</translation>
    </message>
    <message>
        <source>Take back the last edit of plan or notes</source>
        <translation>Die letzte Änderung an Plan oder Notizen zurücknehmen</translation>
    </message>
    <message>
        <source>Do again what was taken back</source>
        <translation>Das Zurückgenommene wieder tun</translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation>&amp;Verlauf</translation>
    </message>
    <message>
        <source>List every step that can be undone; a click goes to it</source>
        <translation>Jeden Schritt nennen, der sich rückgängig machen lässt; ein Klick geht dorthin</translation>
    </message>
    <message>
        <source>Find a &amp;command, view or tensor…</source>
        <translation>&amp;Befehl, Ansicht oder Tensor finden…</translation>
    </message>
    <message>
        <source>Type a few letters of anything and press Enter</source>
        <translation>Einige Buchstaben von irgendetwas tippen und Enter drücken</translation>
    </message>
    <message>
        <source>Cance&amp;l the gesture	Esc</source>
        <translation>Geste abb&amp;rechen	Esc</translation>
    </message>
    <message>
        <source>Give up what the mouse is doing, or hide the message (Esc)</source>
        <translation>Aufgeben, was die Maus gerade tut, oder die Meldung verbergen (Esc)</translation>
    </message>
    <message>
        <source>&amp;Selection</source>
        <translation>&amp;Auswahl</translation>
    </message>
    <message>
        <source>Set &amp;bits</source>
        <translation>&amp;Bits setzen</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 Bit</translation>
    </message>
    <message>
        <source>Give the selected tensors the best option of %1 bits; %1 alone in a view</source>
        <translation>Den gewählten Tensoren die beste Option mit %1 Bit geben; %1 allein in einer Ansicht</translation>
    </message>
    <message>
        <source>&amp;Options…</source>
        <translation>&amp;Optionen…</translation>
    </message>
    <message>
        <source>Choose from all options with bits, bytes and predicted harm; Enter in a view</source>
        <translation>Aus allen Optionen mit Bits, Bytes und vorhergesagtem Schaden wählen; Enter in einer Ansicht</translation>
    </message>
    <message>
        <source>What the solver takes for the selected tensors at the budget; 0 in a view</source>
        <translation>Was der Löser für die gewählten Tensoren beim Budget nimmt; 0 in einer Ansicht</translation>
    </message>
    <message>
        <source>Keep the option of the selected tensors whatever the solver does; K in a view</source>
        <translation>Die Option der gewählten Tensoren behalten, was auch der Löser tut; K in einer Ansicht</translation>
    </message>
    <message>
        <source>&amp;Note…</source>
        <translation>&amp;Notiz…</translation>
    </message>
    <message>
        <source>Pin a note to the selected tensor; N in a view</source>
        <translation>Eine Notiz an den gewählten Tensor heften; N in einer Ansicht</translation>
    </message>
    <message>
        <source>&amp;Copy name</source>
        <translation>Namen &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy the full name of the selected tensor</source>
        <translation>Den vollen Namen des gewählten Tensors kopieren</translation>
    </message>
    <message>
        <source>N&amp;ext tensor</source>
        <translation>N&amp;ächster Tensor</translation>
    </message>
    <message>
        <source>Select the next planned tensor in the order of the file</source>
        <translation>Den nächsten geplanten Tensor in der Reihenfolge der Datei auswählen</translation>
    </message>
    <message>
        <source>&amp;Previous tensor</source>
        <translation>&amp;Voriger Tensor</translation>
    </message>
    <message>
        <source>Select the planned tensor before</source>
        <translation>Den geplanten Tensor davor auswählen</translation>
    </message>
    <message>
        <source>Select &amp;all planned tensors</source>
        <translation>&amp;Alle geplanten Tensoren auswählen</translation>
    </message>
    <message>
        <source>Everything that the plan may change</source>
        <translation>Alles, was der Plan ändern darf</translation>
    </message>
    <message>
        <source>Select no&amp;thing</source>
        <translation>Ni&amp;chts auswählen</translation>
    </message>
    <message>
        <source>Clear the selection in all views</source>
        <translation>Die Auswahl in allen Ansichten aufheben</translation>
    </message>
    <message>
        <source>&amp;Explain what is under the cursor</source>
        <translation>&amp;Erklären, was unter dem Zeiger ist</translation>
    </message>
    <message>
        <source>Open the glossary at the term that the cursor points to</source>
        <translation>Das Glossar bei dem Begriff öffnen, auf den der Zeiger zeigt</translation>
    </message>
    <message>
        <source>&amp;Glossary</source>
        <translation>&amp;Glossar</translation>
    </message>
    <message>
        <source>Every term of the window with its source</source>
        <translation>Jeder Begriff des Fensters mit seiner Quelle</translation>
    </message>
    <message>
        <source>&amp;Keys and gestures</source>
        <translation>&amp;Tasten und Gesten</translation>
    </message>
    <message>
        <source>List every key of the program and what mouse and wheel do</source>
        <translation>Jede Taste des Programms und was Maus und Rad tun</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>%1 öffnen</translation>
    </message>
    <message>
        <source>&amp;Clear this list</source>
        <translation>Diese Liste &amp;leeren</translation>
    </message>
    <message>
        <source>Forget which models were opened</source>
        <translation>Vergessen, welche Modelle geöffnet wurden</translation>
    </message>
    <message>
        <source>Keys and gestures</source>
        <translation>Tasten und Gesten</translation>
    </message>
    <message>
        <source>On charts and tables</source>
        <translation>In Diagrammen und Tabellen</translation>
    </message>
    <message>
        <source>Select; extend</source>
        <translation>Auswählen; erweitern</translation>
    </message>
    <message>
        <source>click; Ctrl or Shift with the click or the arrow keys</source>
        <translation>Klick; Strg oder Umschalt mit dem Klick oder den Pfeiltasten</translation>
    </message>
    <message>
        <source>Zoom at the cursor; one axis only</source>
        <translation>Zoom am Zeiger; nur eine Achse</translation>
    </message>
    <message>
        <source>wheel; wheel over the axis, or with Ctrl or Shift</source>
        <translation>Rad; Rad über der Achse, oder mit Strg oder Umschalt</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>middle drag, Space and drag, arrow keys</source>
        <translation>mit mittlerer Taste ziehen, Leertaste und ziehen, Pfeiltasten</translation>
    </message>
    <message>
        <source>Reset one axis; all</source>
        <translation>Eine Achse zurücksetzen; alle</translation>
    </message>
    <message>
        <source>double click on the axis; Home</source>
        <translation>Doppelklick auf die Achse; Pos1</translation>
    </message>
    <message>
        <source>Logarithmic axis under the cursor</source>
        <translation>Achse unter dem Zeiger logarithmisch</translation>
    </message>
    <message>
        <source>L</source>
        <translation>L</translation>
    </message>
    <message>
        <source>Set bits of the selection</source>
        <translation>Bits der Auswahl setzen</translation>
    </message>
    <message>
        <source>2 to 9</source>
        <translation>2 bis 9</translation>
    </message>
    <message>
        <source>Restore the solver&apos;s choice</source>
        <translation>Wahl des Lösers wiederherstellen</translation>
    </message>
    <message>
        <source>0</source>
        <translation>0</translation>
    </message>
    <message>
        <source>K, T, N</source>
        <translation>K, T, N</translation>
    </message>
    <message>
        <source>Choose from all options</source>
        <translation>Aus allen Optionen wählen</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Cancel a gesture; as if it had not been</source>
        <translation>Eine Geste abbrechen, als wäre sie nicht gewesen</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Measure statistics and spectra of all weights; what is known is skipped</source>
        <translation>Statistik und Spektren aller Gewichte messen; Bekanntes wird übersprungen</translation>
    </message>
    <message>
        <source>Set the &amp;budget…</source>
        <translation>&amp;Budget setzen…</translation>
    </message>
    <message>
        <source>Solve for a size in bits per weight, locks respected</source>
        <translation>Für eine Größe in Bits je Gewicht lösen, Sperren geachtet</translation>
    </message>
    <message>
        <source>The best plan of the present size that keeps the locks</source>
        <translation>Der beste Plan der aktuellen Größe, der die Sperren achtet</translation>
    </message>
    <message>
        <source>Give every tensor %1, the yardstick of mixed plans</source>
        <translation>Jedem Tensor %1 geben, der Maßstab gemischter Pläne</translation>
    </message>
    <message>
        <source>Checks, progress and proof of an export</source>
        <translation>Prüfungen, Fortschritt und Nachweis eines Exports</translation>
    </message>
    <message>
        <source>Keep the plan under a name in the project</source>
        <translation>Den Plan unter einem Namen im Projekt aufheben</translation>
    </message>
    <message>
        <source>Take the plan that was saved as %1; can be undone</source>
        <translation>Den als %1 gespeicherten Plan nehmen; lässt sich rückgängig machen</translation>
    </message>
    <message>
        <source>None was saved yet</source>
        <translation>Noch keiner gespeichert</translation>
    </message>
    <message>
        <source>Ctrl+S keeps the present plan under a name</source>
        <translation>Strg+S hebt den aktuellen Plan unter einem Namen auf</translation>
    </message>
    <message>
        <source>Write the plan for bitwright-cli and other tools</source>
        <translation>Den Plan für bitwright-cli und andere Programme schreiben</translation>
    </message>
    <message>
        <source>Take a plan that was made elsewhere</source>
        <translation>Einen anderswo gemachten Plan nehmen</translation>
    </message>
    <message>
        <source>Set the budget</source>
        <translation>Budget setzen</translation>
    </message>
    <message>
        <source>Bits per weight of the planned tensors, with scales, zeros and padding</source>
        <translation>Bits je Gewicht der geplanten Tensoren, mit Skalen, Nullpunkten und Auffüllung</translation>
    </message>
    <message>
        <source>&amp;Show or hide</source>
        <translation>&amp;Zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Show or hide the view %1</source>
        <translation>Die Ansicht %1 zeigen oder verbergen</translation>
    </message>
    <message>
        <source>&amp;Chart</source>
        <translation>&amp;Diagramm</translation>
    </message>
    <message>
        <source>C&amp;ommands of views</source>
        <translation>Befehle der A&amp;nsichten</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>The window alone on the screen, for a room</source>
        <translation>Das Fenster allein auf dem Bildschirm, für einen Raum</translation>
    </message>
    <message>
        <source>Activations, outliers, weights and spectra</source>
        <translation>Aktivierungen, Outlier, Gewichte und Spektren</translation>
    </message>
    <message>
        <source>Pareto chart, matrix and allocation</source>
        <translation>Pareto-Diagramm, Matrix und Zuteilung</translation>
    </message>
    <message>
        <source>L&amp;earn</source>
        <translation>&amp;Lernen</translation>
    </message>
    <message>
        <source>The terms of the field beside a tensor that shows them</source>
        <translation>Die Begriffe des Fachs neben einem Tensor, der sie zeigt</translation>
    </message>
    <message>
        <source>Perspective %1</source>
        <translation>Perspektive %1</translation>
    </message>
    <message>
        <source>&amp;Arrangement</source>
        <translation>&amp;Anordnung</translation>
    </message>
    <message>
        <source>Arrangement</source>
        <translation>Anordnung</translation>
    </message>
    <message>
        <source>Save this arrangement of the views under a name, or restore the default one</source>
        <translation>Diese Anordnung der Ansichten unter einem Namen speichern oder die Grundanordnung wiederherstellen</translation>
    </message>
    <message>
        <source>&amp;Restore default</source>
        <translation>Grundanordnung &amp;wiederherstellen</translation>
    </message>
    <message>
        <source>Put every view of the present perspective back in its place</source>
        <translation>Jede Ansicht der aktuellen Perspektive an ihren Platz zurückstellen</translation>
    </message>
    <message>
        <source>&amp;Save as…</source>
        <translation>&amp;Speichern unter…</translation>
    </message>
    <message>
        <source>Keep this arrangement of the views under a name</source>
        <translation>Diese Anordnung der Ansichten unter einem Namen aufheben</translation>
    </message>
    <message>
        <source>&amp;Delete this one</source>
        <translation>Diese &amp;löschen</translation>
    </message>
    <message>
        <source>Forget the present saved arrangement; the built-in ones stay</source>
        <translation>Die aktuelle gespeicherte Anordnung vergessen; die eingebauten bleiben</translation>
    </message>
    <message>
        <source>Show the arrangement saved as %1</source>
        <translation>Die als %1 gespeicherte Anordnung zeigen</translation>
    </message>
    <message>
        <source>Save arrangement</source>
        <translation>Anordnung speichern</translation>
    </message>
    <message>
        <source>Name of the arrangement</source>
        <translation>Name der Anordnung</translation>
    </message>
    <message>
        <source>&quot;%1&quot; cannot be the name of an arrangement.</source>
        <translation>„%1“ kann nicht der Name einer Anordnung sein.</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Nearer, around the middle of the chart used last; the wheel or + on it</source>
        <translation>Näher, um die Mitte des zuletzt benutzten Diagramms; darauf das Rad oder +</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Farther; the wheel or - on the chart</source>
        <translation>Weiter weg; auf dem Diagramm das Rad oder -</translation>
    </message>
    <message>
        <source>&amp;Reset view</source>
        <translation>Ansicht &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Everything in view; Home on the chart, or double click on one axis</source>
        <translation>Alles im Bild; Pos1 auf dem Diagramm oder Doppelklick auf eine Achse</translation>
    </message>
    <message>
        <source>Pan &amp;left</source>
        <translation>Nach &amp;links</translation>
    </message>
    <message>
        <source>Pan ri&amp;ght</source>
        <translation>Nach &amp;rechts</translation>
    </message>
    <message>
        <source>Pan &amp;up</source>
        <translation>Nach &amp;oben</translation>
    </message>
    <message>
        <source>Pan &amp;down</source>
        <translation>Nach &amp;unten</translation>
    </message>
    <message>
        <source>Move the view; middle drag, Space and drag, or arrow keys on the chart</source>
        <translation>Den Ausschnitt verschieben; auf dem Diagramm mit mittlerer Taste ziehen, Leertaste und ziehen oder Pfeiltasten</translation>
    </message>
    <message>
        <source>Switch between a linear and a logarithmic axis; L on the chart</source>
        <translation>Zwischen linearer und logarithmischer Achse wechseln; L auf dem Diagramm</translation>
    </message>
    <message>
        <source>Logarithmic &amp;horizontal axis</source>
        <translation>&amp;Waagrechte Achse logarithmisch</translation>
    </message>
    <message>
        <source>Logarithmic &amp;vertical axis</source>
        <translation>&amp;Senkrechte Achse logarithmisch</translation>
    </message>
    <message>
        <source>&amp;Copy picture</source>
        <translation>Bild &amp;kopieren</translation>
    </message>
    <message>
        <source>The chart used last with its caption, to the clipboard</source>
        <translation>Das zuletzt benutzte Diagramm mit Beschriftung, in die Zwischenablage</translation>
    </message>
    <message>
        <source>Copy da&amp;ta</source>
        <translation>Da&amp;ten kopieren</translation>
    </message>
    <message>
        <source>The numbers of the chart used last as CSV</source>
        <translation>Die Zahlen des zuletzt benutzten Diagramms als CSV</translation>
    </message>
    <message>
        <source>Light or dark as the desktop is</source>
        <translation>Hell oder dunkel wie der Desktop</translation>
    </message>
    <message>
        <source>Dark ink on a light ground</source>
        <translation>Dunkle Schrift auf hellem Grund</translation>
    </message>
    <message>
        <source>Light ink on a dark ground</source>
        <translation>Helle Schrift auf dunklem Grund</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>Gehe zu %1</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>&amp;Record activations…</source>
        <translation>Aktivierungen &amp;aufnehmen…</translation>
    </message>
    <message>
        <source>Run the open model on a text and record what happens inside</source>
        <translation>Das offene Modell auf einem Text laufen lassen und aufnehmen, was darin geschieht</translation>
    </message>
    <message>
        <source>&amp;Scale</source>
        <translation>Größen&amp;faktor</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Size of everything in the window, from the next start on: for a room, or a screen of many dots</source>
        <translation>Größe von allem im Fenster, ab dem nächsten Start: für einen Raum oder einen Bildschirm mit vielen Punkten</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Größenfaktor</translation>
    </message>
    <message>
        <source>The new scale is used when the program starts again.</source>
        <translation>Der neue Größenfaktor gilt, wenn das Programm wieder startet.</translation>
    </message>
    <message>
        <source>F&amp;loat or dock the view</source>
        <translation>Ansicht &amp;lösen oder andocken</translation>
    </message>
    <message>
        <source>Makes the view that has the focus a window of its own, or puts it back</source>
        <translation>Macht die Ansicht mit dem Fokus zu einem eigenen Fenster oder stellt sie zurück</translation>
    </message>
    <message>
        <source>Version and license</source>
        <translation>Version und Lizenz</translation>
    </message>
    <message>
        <source>Bitwright %1
See and place the bits of neural networks.
License: GPL-3.0-or-later</source>
        <translation>Bitwright %1
Die Bits neuronaler Netze sehen und verteilen.
Lizenz: GPL-3.0-or-later</translation>
    </message>
    <message>
        <source>Walk along the frontier; ten plans at once</source>
        <translation>Auf der Pareto-Front gehen; zehn Pläne auf einmal</translation>
    </message>
    <message>
        <source>Left, Right; with Shift</source>
        <translation>Links, Rechts; mit Umschalt</translation>
    </message>
    <message>
        <source>Raise or lower the budget by 1 %</source>
        <translation>Das Budget um 1 % heben oder senken</translation>
    </message>
    <message>
        <source>Page Up, Page Down</source>
        <translation>Bild auf, Bild ab</translation>
    </message>
    <message>
        <source>&amp;Ties of the whole plan</source>
        <translation>&amp;Kopplungen des ganzen Plans</translation>
    </message>
    <message>
        <source>Everywhere in the plan, whatever is selected: q/k/v, gate/up and experts take one option together; T in a view</source>
        <translation>Überall im Plan, was auch gewählt ist: q/k/v, gate/up und Experten nehmen gemeinsam eine Option; T in einer Ansicht</translation>
    </message>
    <message>
        <source>Lock; ties of the whole plan; note</source>
        <translation>Sperren; Kopplungen des ganzen Plans; Notiz</translation>
    </message>
</context>
<context>
    <name>bitwright::gui::PaletteModel</name>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
</context>
<context>
    <name>bitwright::gui::Perspectives</name>
    <message>
        <source>Look</source>
        <translation>Betrachten</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>Lernen</translation>
    </message>
</context>
<context>
    <name>bitwright::gui::StripText</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>bitwright::views</name>
    <message>
        <source>embed</source>
        <translation>embed</translation>
    </message>
    <message>
        <source>pos</source>
        <translation>pos</translation>
    </message>
    <message>
        <source>type</source>
        <translation>type</translation>
    </message>
    <message>
        <source>patch</source>
        <translation>patch</translation>
    </message>
    <message>
        <source>head</source>
        <translation>head</translation>
    </message>
    <message>
        <source>gate</source>
        <translation>gate</translation>
    </message>
    <message>
        <source>up</source>
        <translation>up</translation>
    </message>
    <message>
        <source>gate up</source>
        <translation>gate up</translation>
    </message>
    <message>
        <source>down</source>
        <translation>down</translation>
    </message>
    <message>
        <source>router</source>
        <translation>router</translation>
    </message>
    <message>
        <source>sh. gate</source>
        <translation>sh. gate</translation>
    </message>
    <message>
        <source>pooler</source>
        <translation>pooler</translation>
    </message>
    <message>
        <source>class</source>
        <translation>class</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>norm</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>bias</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>scale</translation>
    </message>
    <message>
        <source>other</source>
        <translation>andere</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>mlp</source>
        <translation>MLP</translation>
    </message>
    <message>
        <source>predicted harm</source>
        <translation>vorhergesagter Schaden</translation>
    </message>
    <message>
        <source>predicted harm (%1, not measured)</source>
        <translation>vorhergesagter Schaden (%1, nicht gemessen)</translation>
    </message>
    <message>
        <source>residual stream</source>
        <translation>Residualstrom</translation>
    </message>
    <message>
        <source>attention contribution</source>
        <translation>Beitrag der Attention</translation>
    </message>
    <message>
        <source>mlp contribution</source>
        <translation>Beitrag des MLP</translation>
    </message>
    <message>
        <source>input of %1</source>
        <translation>Eingang von %1</translation>
    </message>
    <message>
        <source>embedding output</source>
        <translation>Ausgang des Embeddings</translation>
    </message>
    <message>
        <source>final stream</source>
        <translation>Residualstrom am Ende</translation>
    </message>
    <message>
        <source>%1 before mlp</source>
        <translation>%1 vor MLP</translation>
    </message>
    <message>
        <source>%1 before attention</source>
        <translation>%1 vor Attention</translation>
    </message>
    <message>
        <source>|x| divided by the median |x| of the site</source>
        <translation>|x| geteilt durch den Median von |x| der Stelle</translation>
    </message>
    <message>
        <source>|x| divided by the median |x| of its token</source>
        <translation>|x| geteilt durch den Median von |x| seines Tokens</translation>
    </message>
    <message>
        <source>Number of the token in the text, without padding</source>
        <translation>Nummer des Tokens im Text, ohne Auffüllung</translation>
    </message>
    <message>
        <source>What the tokenizer calls it</source>
        <translation>Wie der Tokenizer es nennt</translation>
    </message>
    <message>
        <source>Sun et al.: |x| &gt; 100 and at least 1,000 × the site&apos;s median. Max_act_llm: the token&apos;s largest |x| &gt; 100 and more than 1,000 × the token&apos;s median.</source>
        <translation>Sun et al.: |x| &gt; 100 und mindestens das 1.000-Fache des Medians der Stelle. Max_act_llm: das größte |x| des Tokens &gt; 100 und mehr als das 1.000-Fache des Medians des Tokens.</translation>
    </message>
    <message>
        <source>both</source>
        <translation>beide</translation>
    </message>
    <message>
        <source>Sun et al.</source>
        <translation>Sun et al.</translation>
    </message>
    <message>
        <source>Max_act_llm</source>
        <translation>Max_act_llm</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>LLM.int8() joint</source>
        <translation>LLM.int8() gemeinsam</translation>
    </message>
    <message>
        <source>LLM.int8() separate</source>
        <translation>LLM.int8() getrennt</translation>
    </message>
    <message>
        <source>QT infinity norm</source>
        <translation>QT Unendlichnorm</translation>
    </message>
    <message>
        <source>QT kurtosis</source>
        <translation>QT Kurtosis</translation>
    </message>
    <message>
        <source>OSP excess kurtosis</source>
        <translation>OSP Exzess-Kurtosis</translation>
    </message>
    <message>
        <source>CrossQuant kernel</source>
        <translation>CrossQuant-Kern</translation>
    </message>
    <message>
        <source>The map alone</source>
        <translation>Nur die Karte</translation>
    </message>
    <message>
        <source>LLM.int8() (arXiv 2208.07339): channels with |x| ≥ 6 at 6 % of the positions in at least a quarter of the layers</source>
        <translation>LLM.int8() (arXiv 2208.07339): Kanäle mit |x| ≥ 6 an 6 % der Positionen in mindestens einem Viertel der Schichten</translation>
    </message>
    <message>
        <source>LLM.int8() (arXiv 2208.07339), other reading: channels with |x| ≥ 6 anywhere in a quarter of the layers, and at 6 % of the positions in any layer</source>
        <translation>LLM.int8() (arXiv 2208.07339), andere Lesart: Kanäle mit |x| ≥ 6 irgendwo in einem Viertel der Schichten, und an 6 % der Positionen in irgendeiner Schicht</translation>
    </message>
    <message>
        <source>Quantizable Transformers (arXiv 2306.12929): max |x| of a sequence, averaged over sequences</source>
        <translation>Quantizable Transformers (arXiv 2306.12929): max |x| einer Sequenz, gemittelt über Sequenzen</translation>
    </message>
    <message>
        <source>Quantizable Transformers (arXiv 2306.12929): kurtosis of all values of a sequence, averaged</source>
        <translation>Quantizable Transformers (arXiv 2306.12929): Kurtosis aller Werte einer Sequenz, gemittelt</translation>
    </message>
    <message>
        <source>OSP (arXiv 2506.19697): excess kurtosis over the channels of a token, averaged over tokens (corrected reading)</source>
        <translation>OSP (arXiv 2506.19697): Exzess-Kurtosis über die Kanäle eines Tokens, gemittelt über Token (berichtigte Lesart)</translation>
    </message>
    <message>
        <source>CrossQuant (arXiv 2410.07505): share of values that an INT8 scale per token rounds to zero</source>
        <translation>CrossQuant (arXiv 2410.07505): Anteil der Werte, die eine INT8-Skala je Token auf null rundet</translation>
    </message>
    <message>
        <source>judged on other sites than these</source>
        <translation>an anderen Stellen beurteilt als diesen</translation>
    </message>
    <message>
        <source>unknown: the dump holds no paired samples</source>
        <translation>unbekannt: der Dump enthält keine gepaarten Stichproben</translation>
    </message>
    <message>
        <source>unknown: the dump holds no samples</source>
        <translation>unbekannt: der Dump enthält keine Stichproben</translation>
    </message>
    <message>
        <source>max |x|</source>
        <translation>max |x|</translation>
    </message>
    <message>
        <source>rms</source>
        <translation>rms</translation>
    </message>
    <message>
        <source>kurtosis</source>
        <translation>Kurtosis</translation>
    </message>
    <message>
        <source>share |x| ≥ 6</source>
        <translation>Anteil |x| ≥ 6</translation>
    </message>
    <message>
        <source>stable rank</source>
        <translation>stabiler Rang</translation>
    </message>
    <message>
        <source>effective rank</source>
        <translation>effektiver Rang</translation>
    </message>
    <message>
        <source>frontier of %1 under this score</source>
        <translation>Pareto-Front von %1 unter diesem Score</translation>
    </message>
    <message>
        <source>expert %1</source>
        <translation>Experte %1</translation>
    </message>
    <message>
        <source>input channel</source>
        <translation>Eingangskanal</translation>
    </message>
    <message>
        <source>output channel</source>
        <translation>Ausgangskanal</translation>
    </message>
    <message>
        <source>largest |x| of %1</source>
        <translation>größtes |x| von %1</translation>
    </message>
    <message>
        <source>WeightWatcher: xmin with the least Kolmogorov-Smirnov distance</source>
        <translation>WeightWatcher: xmin mit dem kleinsten Kolmogorow-Smirnow-Abstand</translation>
    </message>
    <message>
        <source>Hill estimate above the median eigenvalue (TempBalance, AlphaPruning)</source>
        <translation>Hill-Schätzung über dem mittleren Eigenwert (TempBalance, AlphaPruning)</translation>
    </message>
    <message>
        <source>Hill estimate over the largest tenth (AlphaQ)</source>
        <translation>Hill-Schätzung über das größte Zehntel (AlphaQ)</translation>
    </message>
    <message>
        <source>AlphaPruning: xmin near the peak of the density, with its published unit slip</source>
        <translation>AlphaPruning: xmin nahe der Spitze der Dichte, mit dem veröffentlichten Einheitenfehler</translation>
    </message>
    <message>
        <source>AlphaPruning: xmin near the peak of the density, units corrected</source>
        <translation>AlphaPruning: xmin nahe der Spitze der Dichte, Einheiten berichtigt</translation>
    </message>
    <message>
        <source>sum of the eigenvalues / largest one</source>
        <translation>Summe der Eigenwerte / größter</translation>
    </message>
    <message>
        <source>exp of the entropy of the eigenvalues</source>
        <translation>exp der Entropie der Eigenwerte</translation>
    </message>
    <message>
        <source>rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>eigenvalues above the rounding noise</source>
        <translation>Eigenwerte über dem Rundungsrauschen</translation>
    </message>
    <message>
        <source>entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>of the eigenvalues as shares, 0 for rank 1, 1 when all are equal</source>
        <translation>der Eigenwerte als Anteile, 0 bei Rang 1, 1 wenn alle gleich sind</translation>
    </message>
    <message>
        <source>alpha-hat</source>
        <translation>alpha-hat</translation>
    </message>
    <message>
        <source>alpha of ww-power-law x log10 of the largest eigenvalue</source>
        <translation>alpha von ww-power-law x log10 des größten Eigenwerts</translation>
    </message>
    <message>
        <source>log alpha-norm</source>
        <translation>log-Alpha-Norm</translation>
    </message>
    <message>
        <source>log10 of the sum of eigenvalue^alpha</source>
        <translation>log10 der Summe von Eigenwert^alpha</translation>
    </message>
    <message>
        <source>log norm</source>
        <translation>log-Norm</translation>
    </message>
    <message>
        <source>log10 of the squared Frobenius norm</source>
        <translation>log10 der quadrierten Frobenius-Norm</translation>
    </message>
    <message>
        <source>log spectral norm</source>
        <translation>log-Spektralnorm</translation>
    </message>
    <message>
        <source>log10 of the largest eigenvalue</source>
        <translation>log10 des größten Eigenwerts</translation>
    </message>
    <message>
        <source>bulk sigma</source>
        <translation>Sigma des Bulks</translation>
    </message>
    <message>
        <source>of the spectrum with mean 1; 1 for pure noise</source>
        <translation>des Spektrums mit Mittel 1; 1 bei reinem Rauschen</translation>
    </message>
    <message>
        <source>bulk lower edge</source>
        <translation>untere Grenze des Bulks</translation>
    </message>
    <message>
        <source>Marchenko-Pastur</source>
        <translation>Marchenko-Pastur</translation>
    </message>
    <message>
        <source>bulk upper edge</source>
        <translation>obere Grenze des Bulks</translation>
    </message>
    <message>
        <source>spikes</source>
        <translation>Spikes</translation>
    </message>
    <message>
        <source>eigenvalues above the upper edge plus the Tracy-Widom margin</source>
        <translation>Eigenwerte über der oberen Kante samt Tracy-Widom-Abstand</translation>
    </message>
    <message>
        <source>soft rank</source>
        <translation>Soft Rank</translation>
    </message>
    <message>
        <source>upper edge / largest eigenvalue; small when spikes dominate</source>
        <translation>obere Kante / größter Eigenwert; klein, wenn Spikes vorherrschen</translation>
    </message>
    <message>
        <source>act-diag and act-gram</source>
        <translation>act-diag und act-gram</translation>
    </message>
    <message>
        <source>Scores that weigh the rounding error of a weight by the inputs it meets: act-diag by the mean square of every input channel, act-gram by all products of channels, which gives the squared error of the output. They compare options of one layer well. Across layers they mislead: one token with massive activations can hold nearly all of the energy, so the layers it passes look a thousand times more sensitive.</source>
        <translation>Scores, die den Rundungsfehler eines Gewichts nach den Eingängen gewichten, auf die es trifft: act-diag nach dem mittleren Quadrat jedes Eingangskanals, act-gram nach allen Produkten von Kanälen, was den quadrierten Fehler des Ausgangs ergibt. Optionen einer Schicht vergleichen sie gut. Über Schichten hinweg führen sie irre: ein einziges Token mit massiven Aktivierungen kann fast alle Energie enthalten, so dass die Schichten, die es durchläuft, tausendmal empfindlicher aussehen.</translation>
    </message>
    <message>
        <source>The idea in AWQ: Lin et al. 2024, arXiv:2306.00978, and GPTQ: Frantar et al. 2023, arXiv:2210.17323</source>
        <translation>Die Idee in AWQ: Lin et al. 2024, arXiv:2306.00978, und GPTQ: Frantar et al. 2023, arXiv:2210.17323</translation>
    </message>
    <message>
        <source>Activation maximum</source>
        <translation>Aktivierungsmaximum</translation>
    </message>
    <message>
        <source>The largest absolute value that a place in the network saw over all recorded tokens. It decides the step of a symmetric integer format, so one extreme value makes the grid coarse for all the others. Read it beside the 99.9 % quantile and the rms: the distance between them says how lonely the maximum is.</source>
        <translation>Der größte absolute Wert, den eine Stelle im Netz über alle aufgezeichneten Token gesehen hat. Er bestimmt die Stufe eines symmetrischen Ganzzahlformats, so dass ein Extremwert das Raster für alle anderen grob macht. Zu lesen neben dem 99,9-%-Quantil und dem rms: der Abstand sagt, wie einsam das Maximum ist.</translation>
    </message>
    <message>
        <source>Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339</source>
        <translation>Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>Exponent of the power law that is fitted to the large eigenvalues of a weight. Small values, near 2, mean a heavy tail: few directions carry much of the layer, which is read as well trained. Large values mean that the spectrum looks more like noise. The estimators disagree, therefore they are shown side by side and every alpha names its own.</source>
        <translation>Exponent des Potenzgesetzes, das an die großen Eigenwerte eines Gewichts angepasst wird. Kleine Werte nahe 2 bedeuten einen schweren Ausläufer: wenige Richtungen tragen viel von der Schicht, was als gut trainiert gelesen wird. Große Werte bedeuten, dass das Spektrum eher wie Rauschen aussieht. Die Schätzer sind sich nicht einig, darum stehen sie nebeneinander, und jedes Alpha nennt den seinen.</translation>
    </message>
    <message>
        <source>Martin and Mahoney 2021, J. Machine Learning Research 22(165), arXiv:1810.01075</source>
        <translation>Martin und Mahoney 2021, J. Machine Learning Research 22(165), arXiv:1810.01075</translation>
    </message>
    <message>
        <source>Attention sink</source>
        <translation>Attention Sink</translation>
    </message>
    <message>
        <source>A token, mostly the first one, on which many heads put attention that they have no other use for. The massive activations of a language model usually sit at such tokens, and they need to survive quantization: without them the heads spread that attention over tokens that matter.</source>
        <translation>Ein Token, meist das erste, auf das viele Köpfe Attention legen, für die sie keine andere Verwendung haben. Die massiven Aktivierungen eines Sprachmodells sitzen gewöhnlich an solchen Token und müssen die Quantisierung überleben: ohne sie verteilen die Köpfe diese Attention auf Token, auf die es ankommt.</translation>
    </message>
    <message>
        <source>Xiao et al. 2023, arXiv:2309.17453</source>
        <translation>Xiao et al. 2023, arXiv:2309.17453</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>How many bits one code of a number format has. The scales, zero points and padding that a format needs besides its codes are not in this number; they are in bpw, which is therefore always a little larger.</source>
        <translation>Wie viele Bits ein Code eines Zahlenformats hat. Skalen, Nullpunkte und Auffüllung, die ein Format außer seinen Codes braucht, sind darin nicht enthalten; sie stecken in bpw, das darum immer etwas größer ist.</translation>
    </message>
    <message>
        <source>docs/sizes.md of this program</source>
        <translation>docs/sizes.md dieses Programms</translation>
    </message>
    <message>
        <source>Bound and gap</source>
        <translation>Schranke und Lücke</translation>
    </message>
    <message>
        <source>The solver gives a plan and a bound that no plan of this size can be below. When both agree, the gap is zero and the plan is proven best for the predicted harm. It says nothing about how well the harm was predicted.</source>
        <translation>Der Löser gibt einen Plan und eine Schranke, unter der kein Plan dieser Größe liegen kann. Stimmen beide überein, ist die Lücke null und der Plan bewiesenermaßen der beste für den vorhergesagten Schaden. Wie gut der Schaden vorhergesagt ist, sagt das nicht.</translation>
    </message>
    <message>
        <source>Kellerer, Pferschy and Pisinger 2004, Knapsack Problems, Springer, chapter 11</source>
        <translation>Kellerer, Pferschy und Pisinger 2004, Knapsack Problems, Springer, Kapitel 11</translation>
    </message>
    <message>
        <source>bpw</source>
        <translation>bpw</translation>
    </message>
    <message>
        <source>Bits per weight: everything that is stored for the planned tensors, with scales, zero points and padding, divided by the number of their weights. The bpw of the file also counts the tensors that no plan may touch, such as norms. Compare plans by the same of the two.</source>
        <translation>Bits je Gewicht: alles, was für die geplanten Tensoren gespeichert wird, mit Skalen, Nullpunkten und Auffüllung, geteilt durch die Zahl ihrer Gewichte. Das bpw der Datei zählt auch die Tensoren, die kein Plan anrühren darf, etwa Norms. Pläne sind nach demselben der beiden zu vergleichen.</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>The size that a plan may have, as bpw or in bytes. The solver spends it where a byte takes away the most predicted harm. Dragging the budget line of the Pareto chart solves anew at every step.</source>
        <translation>Die Größe, die ein Plan haben darf, als bpw oder in Bytes. Der Löser gibt es dort aus, wo ein Byte den meisten vorhergesagten Schaden wegnimmt. Das Ziehen an der Budgetlinie des Pareto-Diagramms löst bei jedem Schritt neu.</translation>
    </message>
    <message>
        <source>Shoham and Gersho 1988, IEEE Trans. Acoustics, Speech and Signal Processing 36(9)</source>
        <translation>Shoham und Gersho 1988, IEEE Trans. Acoustics, Speech und Signal Processing 36(9)</translation>
    </message>
    <message>
        <source>Calibration tokens</source>
        <translation>Kalibrierungstoken</translation>
    </message>
    <message>
        <source>The text on which activations, Grams or gradients were recorded. All that is measured on them is true of that text. Too few tokens, or text of another kind than the model will meet, give scores that look as exact as good ones; therefore the number of tokens stands beside every score.</source>
        <translation>Der Text, auf dem Aktivierungen, Gram-Matrizen oder Gradienten aufgezeichnet wurden. Alles, was daran gemessen wird, gilt für diesen Text. Zu wenige Token, oder Text anderer Art als der, dem das Modell begegnen wird, ergeben Scores, die so genau aussehen wie gute; darum steht die Zahl der Token neben jedem Score.</translation>
    </message>
    <message>
        <source>Williams and Aletras 2024, arXiv:2311.09755</source>
        <translation>Williams und Aletras 2024, arXiv:2311.09755</translation>
    </message>
    <message>
        <source>Clip search</source>
        <translation>Clip-Suche</translation>
    </message>
    <message>
        <source>Choosing the largest representable value of a group below its maximum: the few weights beyond it are clipped, all the others get a finer grid. The search takes the scale with the least squared error, so it is never worse than no clipping in that measure. Clipped mass is the share of weights beyond the grid.</source>
        <translation>Den größten darstellbaren Wert einer Gruppe unter ihrem Maximum wählen: die wenigen Gewichte darüber werden abgeschnitten, alle anderen bekommen ein feineres Raster. Die Suche nimmt die Skala mit dem kleinsten quadrierten Fehler, ist also nach diesem Maß nie schlechter als ohne Abschneiden. Die abgeschnittene Masse ist der Anteil der Gewichte jenseits des Rasters.</translation>
    </message>
    <message>
        <source>Banner et al. 2019, arXiv:1810.05723; Choukroun et al. 2019, arXiv:1902.06822</source>
        <translation>Banner et al. 2019, arXiv:1810.05723; Choukroun et al. 2019, arXiv:1902.06822</translation>
    </message>
    <message>
        <source>compressed-tensors</source>
        <translation>compressed-tensors</translation>
    </message>
    <message>
        <source>A way to store quantized weights in safetensors files together with a description of the format of each layer, read by vLLM and others. Codes are packed, so the file is as small as the plan says.</source>
        <translation>Eine Art, quantisierte Gewichte in safetensors-Dateien zu speichern, zusammen mit einer Beschreibung des Formats jeder Schicht; gelesen von vLLM und anderen. Die Codes sind gepackt, die Datei ist also so klein, wie der Plan sagt.</translation>
    </message>
    <message>
        <source>The compressed-tensors project, github.com/vllm-project/compressed-tensors</source>
        <translation>Das Projekt compressed-tensors, github.com/vllm-project/compressed-tensors</translation>
    </message>
    <message>
        <source>Crest factor</source>
        <translation>Crest-Faktor</translation>
    </message>
    <message>
        <source>Maximum divided by rms. A normal distribution of a million values has about 5; a site with an outlier channel has 50 or 500. It says at a glance how much of an integer grid is spent on values that hardly ever occur.</source>
        <translation>Maximum geteilt durch rms. Eine Normalverteilung von einer Million Werten hat etwa 5; eine Stelle mit einem Outlier-Kanal hat 50 oder 500. Er sagt auf einen Blick, wie viel eines Ganzzahlrasters für Werte verbraucht wird, die kaum je vorkommen.</translation>
    </message>
    <message>
        <source>A standard measure of signal processing, also called peak-to-rms ratio</source>
        <translation>Ein übliches Maß der Signalverarbeitung, auch Peak-to-rms genannt</translation>
    </message>
    <message>
        <source>Dump and site</source>
        <translation>Dump und Stelle</translation>
    </message>
    <message>
        <source>A dump is a file with what was recorded while a model read some text. It has sites: places where values flow, such as the input of the query, key and value projections of block 3. What a dump does not hold is unknown, and is drawn as unknown, never as zero.</source>
        <translation>Ein Dump ist eine Datei mit dem, was aufgezeichnet wurde, während ein Modell Text las. Er hat Stellen: Orte, an denen Werte fließen, etwa den Eingang der Query-, Key- und Value-Projektionen von Block 3. Was ein Dump nicht enthält, ist unbekannt und wird als unbekannt gezeichnet, nie als null.</translation>
    </message>
    <message>
        <source>samples/capture/README.md of this program</source>
        <translation>samples/capture/README.md dieses Programms</translation>
    </message>
    <message>
        <source>Effective rank</source>
        <translation>Effektiver Rang</translation>
    </message>
    <message>
        <source>The exponential of the entropy of the singular values, after they were scaled to sum to one. A matrix with n equal singular values has n; one that is ruled by a few has little more than their number. Unlike the plain rank it does not jump with tiny values.</source>
        <translation>Die Exponentialfunktion der Entropie der Singulärwerte, nachdem sie auf die Summe eins gebracht wurden. Eine Matrix mit n gleichen Singulärwerten hat n; eine, die von wenigen beherrscht wird, hat wenig mehr als deren Zahl. Anders als der gewöhnliche Rang springt er nicht bei winzigen Werten.</translation>
    </message>
    <message>
        <source>Roy and Vetterli 2007, European Signal Processing Conference</source>
        <translation>Roy und Vetterli 2007, European Signal Processing Conference</translation>
    </message>
    <message>
        <source>ESD</source>
        <translation>ESD</translation>
    </message>
    <message>
        <source>Empirical spectral density: how the eigenvalues of a weight&apos;s Gram matrix, the squares of its singular values, are spread. Random initialization fills a bulk with a sharp edge; training pulls eigenvalues out of it, first as spikes, then as a heavy tail.</source>
        <translation>Empirische Spektraldichte: wie sich die Eigenwerte der Gram-Matrix eines Gewichts, die Quadrate seiner Singulärwerte, verteilen. Zufällige Initialisierung füllt einen Bulk mit scharfer Kante; Training zieht Eigenwerte daraus hervor, erst als Spikes, dann als schweren Ausläufer.</translation>
    </message>
    <message>
        <source>Expert</source>
        <translation>Experte</translation>
    </message>
    <message>
        <source>In a mixture of experts a router sends every token to a few of many feed-forward networks. Each expert is planned as a unit of its own. Coverage is the share of recorded tokens that an expert saw: a score of one that saw few stands on little evidence.</source>
        <translation>In einem Mixture of Experts schickt ein Router jedes Token an wenige von vielen Feed-Forward-Netzen. Jeder Experte wird als eigene Einheit geplant. Die Abdeckung ist der Anteil der aufgezeichneten Token, den ein Experte sah: der Score eines, der wenige sah, steht auf schwachen Füßen.</translation>
    </message>
    <message>
        <source>Shazeer et al. 2017, arXiv:1701.06538</source>
        <translation>Shazeer et al. 2017, arXiv:1701.06538</translation>
    </message>
    <message>
        <source>fake-quant</source>
        <translation>fake-quant</translation>
    </message>
    <message>
        <source>An export in which every weight has the value that its quantized code stands for, stored again as an ordinary floating-point number. It loads everywhere and shows what quantization does to quality. It is not smaller.</source>
        <translation>Ein Export, in dem jedes Gewicht den Wert hat, für den sein quantisierter Code steht, wieder als gewöhnliche Gleitkommazahl gespeichert. Er lädt überall und zeigt, was die Quantisierung mit der Qualität macht. Kleiner ist er nicht.</translation>
    </message>
    <message>
        <source>Jacob et al. 2018, arXiv:1712.05877</source>
        <translation>Jacob et al. 2018, arXiv:1712.05877</translation>
    </message>
    <message>
        <source>Fallback</source>
        <translation>Fallback</translation>
    </message>
    <message>
        <source>What a target does with a tensor whose shape it cannot store in the wished format, for instance a row length that no group size divides: it takes another format, named here before any work begins. A refusal is the same without another format.</source>
        <translation>Was ein Ziel mit einem Tensor tut, dessen Form es nicht im gewünschten Format speichern kann, etwa bei einer Zeilenlänge, die keine Gruppengröße teilt: es nimmt ein anderes Format, das hier genannt wird, bevor irgendeine Arbeit beginnt. Eine Ablehnung ist dasselbe ohne ein anderes Format.</translation>
    </message>
    <message>
        <source>docs/exports.md of this program</source>
        <translation>docs/exports.md dieses Programms</translation>
    </message>
    <message>
        <source>Fisher score</source>
        <translation>Fisher-Score</translation>
    </message>
    <message>
        <source>Weighs the squared error of each weight by the mean squared gradient of the loss, which approximates how much the loss bends in its direction. It ranks layers best of the scores here, but knows only the bottom of the bowl: at two bits the error leaves it. The exponent shrinks differences between layers, because unshrunk its plans took too much from some.</source>
        <translation>Gewichtet den quadrierten Fehler jedes Gewichts mit dem mittleren quadrierten Gradienten des Verlusts, was annähert, wie stark sich der Verlust in seiner Richtung krümmt. Er ordnet Schichten am besten von den Scores hier, kennt aber nur den Boden der Schüssel: bei zwei Bit verlässt der Fehler ihn. Der Exponent dämpft Unterschiede zwischen Schichten, weil seine Pläne ungedämpft manchen zu viel nahmen.</translation>
    </message>
    <message>
        <source>Zandonati et al. 2022, arXiv:2210.08502; Kim et al. 2024, SqueezeLLM, arXiv:2306.07629</source>
        <translation>Zandonati et al. 2022, arXiv:2210.08502; Kim et al. 2024, SqueezeLLM, arXiv:2306.07629</translation>
    </message>
    <message>
        <source>FP8 E4M3</source>
        <translation>FP8 E4M3</translation>
    </message>
    <message>
        <source>An eight-bit floating-point number with four bits of exponent and three of mantissa, largest value 448. Its steps grow with the value, so it suits heavy-tailed data better than eight-bit integers do, and pays with coarser steps near the maximum.</source>
        <translation>Eine Gleitkommazahl mit acht Bit, vier davon Exponent und drei Mantisse, größter Wert 448. Ihre Stufen wachsen mit dem Wert; darum passt sie besser zu Daten mit schweren Ausläufern als acht-Bit-Ganzzahlen und bezahlt mit gröberen Stufen nahe dem Maximum.</translation>
    </message>
    <message>
        <source>Micikevicius et al. 2022, arXiv:2209.05433</source>
        <translation>Micikevicius et al. 2022, arXiv:2209.05433</translation>
    </message>
    <message>
        <source>Frontier</source>
        <translation>Pareto-Front</translation>
    </message>
    <message>
        <source>The plans of which none is both smaller and less harmful than another. Everything below the line cannot be reached with these options and scores; everything above wastes something. Its states are plans; the handle of the chart snaps to them.</source>
        <translation>Die Pläne, von denen keiner zugleich kleiner und weniger schädlich ist als ein anderer. Alles unter der Linie ist mit diesen Optionen und Scores nicht erreichbar; alles darüber verschwendet etwas. Ihre Zustände sind Pläne; der Griff des Diagramms rastet auf ihnen ein.</translation>
    </message>
    <message>
        <source>GPTQ</source>
        <translation>GPTQ</translation>
    </message>
    <message>
        <source>Rounds the columns of a weight one after the other and lets the columns that are still free make up for each error, as far as the recorded inputs allow. Needs the Gram matrix of the inputs. It lowers the error of the layer&apos;s output, often at the price of a larger error of the weights themselves.</source>
        <translation>Rundet die Spalten eines Gewichts nacheinander und lässt die noch freien Spalten jeden Fehler ausgleichen, soweit die aufgezeichneten Eingänge es erlauben. Braucht die Gram-Matrix der Eingänge. Es senkt den Fehler des Ausgangs der Schicht, oft um den Preis eines größeren Fehlers der Gewichte selbst.</translation>
    </message>
    <message>
        <source>Frantar et al. 2023, arXiv:2210.17323; the step goes back to Hassibi and Stork 1993</source>
        <translation>Frantar et al. 2023, arXiv:2210.17323; der Schritt geht zurück auf Hassibi und Stork 1993</translation>
    </message>
    <message>
        <source>Gram matrix</source>
        <translation>Gram-Matrix</translation>
    </message>
    <message>
        <source>The sum over tokens of the products of every pair of input channels. It says which directions of the input carry energy, and is, up to a factor, the Hessian of the squared output error of a linear layer.</source>
        <translation>Die Summe der Produkte jedes Paars von Eingangskanälen über die Token. Sie sagt, welche Richtungen des Eingangs Energie tragen, und ist bis auf einen Faktor die Hesse-Matrix des quadrierten Ausgangsfehlers einer linearen Schicht.</translation>
    </message>
    <message>
        <source>Hassibi and Stork 1993, Advances in Neural Information Processing Systems 5</source>
        <translation>Hassibi und Stork 1993, Advances in Neural Information Processing Systems 5</translation>
    </message>
    <message>
        <source>Group and block scale</source>
        <translation>Gruppe und Blockskala</translation>
    </message>
    <message>
        <source>Weights that share one scale. Small groups follow the weights more closely and cost more bits for scales: a 16-bit scale per 128 weights adds an eighth of a bit to each. The map of block scales shows where in a tensor the large values are.</source>
        <translation>Gewichte, die sich eine Skala teilen. Kleine Gruppen folgen den Gewichten genauer und kosten mehr Bits für Skalen: eine 16-Bit-Skala je 128 Gewichte fügt jedem ein achtel Bit hinzu. Die Karte der Blockskalen zeigt, wo in einem Tensor die großen Werte sind.</translation>
    </message>
    <message>
        <source>Shen et al. 2020, Q-BERT, arXiv:1909.05840; Dai et al. 2021, VS-Quant, arXiv:2102.04503</source>
        <translation>Shen et al. 2020, Q-BERT, arXiv:1909.05840; Dai et al. 2021, VS-Quant, arXiv:2102.04503</translation>
    </message>
    <message>
        <source>Predicted harm</source>
        <translation>Vorhergesagter Schaden</translation>
    </message>
    <message>
        <source>An overview: Gholami et al. 2021, arXiv:2103.13630</source>
        <translation>Ein Überblick: Gholami et al. 2021, arXiv:2103.13630</translation>
    </message>
    <message>
        <source>Hill estimator</source>
        <translation>Hill-Schätzer</translation>
    </message>
    <message>
        <source>Estimates the exponent of a tail from the mean logarithm of the largest values over the first one that no longer counts. Simple and fast, but the answer depends on how many values one takes: half of them (hill-median) includes much of the bulk, a tenth of them (hill-alphaq) less.</source>
        <translation>Schätzt den Exponenten eines Ausläufers aus dem mittleren Logarithmus der größten Werte über dem ersten, der nicht mehr zählt. Einfach und schnell, doch hängt die Antwort davon ab, wie viele Werte man nimmt: die Hälfte (hill-median) schließt viel vom Bulk ein, ein Zehntel (hill-alphaq) weniger.</translation>
    </message>
    <message>
        <source>Hill 1975, Annals of Statistics 3(5)</source>
        <translation>Hill 1975, Annals of Statistics 3(5)</translation>
    </message>
    <message>
        <source>Quantization kernel</source>
        <translation>Quantisierungskern</translation>
    </message>
    <message>
        <source>The share of values that are not zero and are rounded to zero. With one scale per token a single outlier raises the step so far that most of a row vanishes; CrossQuant mixes in a scale per column to keep them. The share is a good first sign of whether activations can be quantized.</source>
        <translation>Der Anteil der Werte, die nicht null sind und auf null gerundet werden. Mit einer Skala je Token hebt ein einziger Outlier die Stufe so weit, dass der größte Teil einer Zeile verschwindet; CrossQuant mischt eine Skala je Spalte bei, um sie zu behalten. Der Anteil ist ein gutes erstes Zeichen dafür, ob sich Aktivierungen quantisieren lassen.</translation>
    </message>
    <message>
        <source>Liu et al. 2024, CrossQuant, arXiv:2410.07505</source>
        <translation>Liu et al. 2024, CrossQuant, arXiv:2410.07505</translation>
    </message>
    <message>
        <source>xmin and KS distance</source>
        <translation>xmin und KS-Abstand</translation>
    </message>
    <message>
        <source>Where the tail begins is part of a power-law fit. Each possible beginning xmin gives a fit; the one is taken whose fitted and measured distributions are closest, measured by their largest difference, the Kolmogorov-Smirnov distance. A large distance says that there is no power law to speak of.</source>
        <translation>Wo der Ausläufer beginnt, gehört zur Anpassung eines Potenzgesetzes. Jeder mögliche Beginn xmin ergibt eine Anpassung; genommen wird die, deren angepasste und gemessene Verteilung sich am nächsten sind, gemessen an ihrem größten Unterschied, dem Kolmogorow-Smirnow-Abstand. Ein großer Abstand sagt, dass von einem Potenzgesetz keine Rede sein kann.</translation>
    </message>
    <message>
        <source>Clauset, Shalizi and Newman 2009, SIAM Review 51(4), arXiv:0706.1062</source>
        <translation>Clauset, Shalizi und Newman 2009, SIAM Review 51(4), arXiv:0706.1062</translation>
    </message>
    <message>
        <source>Kurtosis</source>
        <translation>Kurtosis</translation>
    </message>
    <message>
        <source>The mean fourth power of the distance from the mean, over the squared variance. A normal distribution has 3 (excess kurtosis: 0). Activations with outlier channels have hundreds, and what has a large kurtosis does not fit on an integer grid. Papers count it per token, per channel or over everything, and the numbers are not comparable.</source>
        <translation>Die mittlere vierte Potenz des Abstands vom Mittel, geteilt durch die quadrierte Varianz. Eine Normalverteilung hat 3 (Exzess-Kurtosis: 0). Aktivierungen mit Outlier-Kanälen haben Hunderte, und was eine große Kurtosis hat, passt nicht auf ein Ganzzahlraster. Veröffentlichungen zählen sie je Token, je Kanal oder über alles, und die Zahlen sind nicht vergleichbar.</translation>
    </message>
    <message>
        <source>Bondarenko et al. 2023, arXiv:2306.12929; Park et al. 2025, OSP, arXiv:2506.19697</source>
        <translation>Bondarenko et al. 2023, arXiv:2306.12929; Park et al. 2025, OSP, arXiv:2506.19697</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>A locked tensor keeps its option: the solver works around it, and edits by hand leave it alone until it is unlocked. The frontier is that of all plans that keep the locks.</source>
        <translation>Ein gesperrter Tensor behält seine Option: der Löser arbeitet um ihn herum, und Änderungen von Hand lassen ihn in Ruhe, bis er entsperrt ist. Die Pareto-Front ist die aller Pläne, die die Sperren achten.</translation>
    </message>
    <message>
        <source>docs/plan-json.md of this program</source>
        <translation>docs/plan-json.md dieses Programms</translation>
    </message>
    <message>
        <source>Marchenko-Pastur bulk</source>
        <translation>Marchenko-Pastur-Bulk</translation>
    </message>
    <message>
        <source>The density of eigenvalues that a matrix of independent random entries has; it depends only on the shape of the matrix and the variance of its entries. Fitted to the ESD it separates what could be noise from what training put in.</source>
        <translation>Die Dichte der Eigenwerte einer Matrix aus unabhängigen Zufallszahlen; sie hängt nur von der Form der Matrix und der Varianz ihrer Einträge ab. An die ESD angepasst trennt sie, was Rauschen sein könnte, von dem, was das Training hineingebracht hat.</translation>
    </message>
    <message>
        <source>Marchenko and Pastur 1967, Mathematics of the USSR-Sbornik 1(4)</source>
        <translation>Marchenko und Pastur 1967, Mathematics of the USSR-Sbornik 1(4)</translation>
    </message>
    <message>
        <source>Massive activation</source>
        <translation>Massive Aktivierung</translation>
    </message>
    <message>
        <source>Sun et al. 2024, arXiv:2402.17762</source>
        <translation>Sun et al. 2024, arXiv:2402.17762</translation>
    </message>
    <message>
        <source>NF4</source>
        <translation>NF4</translation>
    </message>
    <message>
        <source>Sixteen levels, put where a normal distribution has equal shares, so that every code is used about equally often for weights that are normal. Stored with a scale per block.</source>
        <translation>Sechzehn Stufen, dort gesetzt, wo eine Normalverteilung gleiche Anteile hat, so dass bei normalverteilten Gewichten jeder Code etwa gleich oft vorkommt. Gespeichert mit einer Skala je Block.</translation>
    </message>
    <message>
        <source>Dettmers et al. 2023, QLoRA, arXiv:2305.14314</source>
        <translation>Dettmers et al. 2023, QLoRA, arXiv:2305.14314</translation>
    </message>
    <message>
        <source>NaN and Inf</source>
        <translation>NaN und Inf</translation>
    </message>
    <message>
        <source>Values that are not numbers or are infinite. They are counted and shown, kept out of all statistics, and block the export of their tensor until you decide. In a checkpoint they mostly mean that something went wrong before it was saved.</source>
        <translation>Werte, die keine Zahlen oder unendlich sind. Sie werden gezählt und gezeigt, aus aller Statistik herausgehalten und verhindern den Export ihres Tensors, bis entschieden ist. In einem Checkpoint bedeuten sie meist, dass vor dem Speichern etwas schiefging.</translation>
    </message>
    <message>
        <source>IEEE 754-2019</source>
        <translation>IEEE 754-2019</translation>
    </message>
    <message>
        <source>Option</source>
        <translation>Option</translation>
    </message>
    <message>
        <source>A number format with an algorithm that chooses the codes, such as int4-sym-g128/gptq: four-bit integers without a zero point, 128 weights to a scale, rounded by GPTQ. A plan gives every unit one option.</source>
        <translation>Ein Zahlenformat mit einem Verfahren, das die Codes wählt, etwa int4-sym-g128/gptq: Ganzzahlen mit vier Bit ohne Nullpunkt, 128 Gewichte je Skala, von GPTQ gerundet. Ein Plan gibt jeder Einheit eine Option.</translation>
    </message>
    <message>
        <source>Outlier channel</source>
        <translation>Outlier-Kanal</translation>
    </message>
    <message>
        <source>A channel of the activations whose values are much larger than the others&apos;, for many tokens and in many layers. By LLM.int8(): magnitude 6 or more in at least a quarter of the layers and for at least 6 % of the positions. The paper leaves open whether both shares have to meet in the same layers; both readings are counted.</source>
        <translation>Ein Kanal der Aktivierungen, dessen Werte viel größer sind als die der anderen, bei vielen Token und in vielen Schichten. Nach LLM.int8(): Betrag 6 oder mehr in mindestens einem Viertel der Schichten und an mindestens 6 % der Positionen. Die Veröffentlichung lässt offen, ob beide Anteile in denselben Schichten zusammentreffen müssen; beide Lesarten werden gezählt.</translation>
    </message>
    <message>
        <source>Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339; Bondarenko et al. 2021, arXiv:2109.12948</source>
        <translation>Dettmers et al. 2022, LLM.int8(), arXiv:2208.07339; Bondarenko et al. 2021, arXiv:2109.12948</translation>
    </message>
    <message>
        <source>Price of a byte</source>
        <translation>Preis eines Bytes</translation>
    </message>
    <message>
        <source>How much predicted harm the next byte takes away, or the last one cost. The list of next best moves is sorted by it. On the frontier the price falls as the budget grows; where a hand-made plan pays less for one tensor than for another, swapping bits between them is a gain.</source>
        <translation>Wie viel vorhergesagten Schaden das nächste Byte wegnimmt oder das letzte gekostet hat. Die Liste der nächsten besten Schritte ist danach sortiert. Auf der Pareto-Front fällt der Preis mit wachsendem Budget; wo ein Plan von Hand für einen Tensor weniger zahlt als für einen anderen, ist ein Tausch von Bits ein Gewinn.</translation>
    </message>
    <message>
        <source>Fox 1966, Management Science 13(3)</source>
        <translation>Fox 1966, Management Science 13(3)</translation>
    </message>
    <message>
        <source>Proof</source>
        <translation>Nachweis</translation>
    </message>
    <message>
        <source>After an export another decoder, which shares no code with the writer, reads every tensor back and compares it with what the plan asked for: option, bytes, error, and every value bit by bit. What was not checked is named.</source>
        <translation>Nach einem Export liest ein anderer Dekodierer, der mit dem Schreiber keinen Code teilt, jeden Tensor zurück und vergleicht ihn mit dem, was der Plan verlangt hat: Option, Bytes, Fehler und jeden Wert Bit für Bit. Was nicht geprüft wurde, wird genannt.</translation>
    </message>
    <message>
        <source>Provenance</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>How a number was obtained: predicted by which score on how many tokens, measured by running the model, or imported from elsewhere. Numbers of different provenance are never added or compared silently.</source>
        <translation>Wie eine Zahl zustande kam: vorhergesagt von welchem Score auf wie vielen Token, gemessen durch Ausführen des Modells oder von anderswo importiert. Zahlen verschiedener Herkunft werden nie stillschweigend addiert oder verglichen.</translation>
    </message>
    <message>
        <source>Quantile q99.9</source>
        <translation>Quantil q99,9</translation>
    </message>
    <message>
        <source>The value that 999 of 1,000 magnitudes do not exceed. Beside the maximum it says whether large values are common or single; a clipped grid often ends near it.</source>
        <translation>Der Wert, den 999 von 1.000 Beträgen nicht überschreiten. Neben dem Maximum sagt er, ob große Werte häufig oder einzeln sind; ein abgeschnittenes Raster endet oft nahe bei ihm.</translation>
    </message>
    <message>
        <source>Hyndman and Fan 1996, The American Statistician 50(4)</source>
        <translation>Hyndman und Fan 1996, The American Statistician 50(4)</translation>
    </message>
    <message>
        <source>Rank correlation</source>
        <translation>Rangkorrelation</translation>
    </message>
    <message>
        <source>How well one order agrees with another: 1 when both rank all tensors alike, 0 when they have nothing in common. It is how scores are held against measured harm, because a plan depends on which tensor is worse more than on by how much.</source>
        <translation>Wie gut eine Reihenfolge mit einer anderen übereinstimmt: 1, wenn beide alle Tensoren gleich ordnen, 0, wenn sie nichts gemein haben. So werden Scores gegen gemessenen Schaden gehalten, denn ein Plan hängt mehr davon ab, welcher Tensor schlechter ist, als um wie viel.</translation>
    </message>
    <message>
        <source>Spearman 1904, American Journal of Psychology 15(1)</source>
        <translation>Spearman 1904, American Journal of Psychology 15(1)</translation>
    </message>
    <message>
        <source>Residual score</source>
        <translation>Residual-Score</translation>
    </message>
    <message>
        <source>The relative error of a layer&apos;s output on sampled tokens, times the share that this layer adds to the residual stream. Relative numbers keep tokens with massive activations from ruling everything; what later layers do with the error is not seen.</source>
        <translation>Der relative Fehler des Ausgangs einer Schicht auf Token der Stichprobe, mal dem Anteil, den diese Schicht zum Residualstrom beiträgt. Relative Zahlen verhindern, dass Token mit massiven Aktivierungen alles beherrschen; was spätere Schichten mit dem Fehler machen, sieht man nicht.</translation>
    </message>
    <message>
        <source>Its parts: core/score/score_table.h of this program</source>
        <translation>Seine Teile: core/score/score_table.h dieses Programms</translation>
    </message>
    <message>
        <source>Residual stream</source>
        <translation>Residualstrom</translation>
    </message>
    <message>
        <source>The sum that runs through all blocks of a transformer: every attention and every feed-forward layer reads it and adds to it. Outlier channels live in it, which is why they show up at the same place in all layers.</source>
        <translation>Die Summe, die durch alle Blöcke eines Transformers läuft: jede Attention- und jede Feed-Forward-Schicht liest sie und addiert dazu. In ihr leben Outlier-Kanäle, darum zeigen sie sich in allen Schichten am selben Ort.</translation>
    </message>
    <message>
        <source>Elhage et al. 2021, A Mathematical Framework for Transformer Circuits, transformer-circuits.pub</source>
        <translation>Elhage et al. 2021, A Mathematical Framework for Transformer Circuits, transformer-circuits.pub</translation>
    </message>
    <message>
        <source>Root of the mean square: the usual size of a value, signs aside. The error of rounding is compared with it; the maximum is compared with it by the crest factor.</source>
        <translation>Wurzel des mittleren Quadrats: die übliche Größe eines Werts ohne Vorzeichen. Der Rundungsfehler wird mit ihm verglichen; das Maximum vergleicht der Crest-Faktor mit ihm.</translation>
    </message>
    <message>
        <source>A standard measure of signal processing</source>
        <translation>Ein übliches Maß der Signalverarbeitung</translation>
    </message>
    <message>
        <source>Round to nearest</source>
        <translation>Runden zum Nächsten</translation>
    </message>
    <message>
        <source>Every weight takes the closest level of its grid, on its own. Needs no data, takes seconds, and is what any other algorithm has to beat.</source>
        <translation>Jedes Gewicht nimmt für sich die nächste Stufe seines Rasters. Braucht keine Daten, dauert Sekunden und ist das, was jedes andere Verfahren schlagen muss.</translation>
    </message>
    <message>
        <source>Nagel et al. 2021, A White Paper on Neural Network Quantization, arXiv:2106.08295</source>
        <translation>Nagel et al. 2021, A White Paper on Neural Network Quantization, arXiv:2106.08295</translation>
    </message>
    <message>
        <source>Spike</source>
        <translation>Spike</translation>
    </message>
    <message>
        <source>An eigenvalue above the edge of the random bulk. A weak signal stays hidden in the bulk; from a certain strength on it stands outside. Spikes are directions that training has learned, and quantization error that reaches their size can hide them.</source>
        <translation>Ein Eigenwert über der Kante des zufälligen Bulks. Ein schwaches Signal bleibt im Bulk verborgen; ab einer gewissen Stärke steht es außerhalb. Spikes sind Richtungen, die das Training gelernt hat, und ein Quantisierungsfehler, der ihre Größe erreicht, kann sie verdecken.</translation>
    </message>
    <message>
        <source>Baik, Ben Arous and Péché 2005, Annals of Probability 33(5)</source>
        <translation>Baik, Ben Arous und Péché 2005, Annals of Probability 33(5)</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Energy of the values over the energy of the rounding error, in decibels. Each bit adds about 6 dB to well-behaved data: 4-bit groups of weights reach some 20 dB, 8 bits some 44 dB. It compares formats on one tensor; it does not say how much the model suffers.</source>
        <translation>Energie der Werte geteilt durch die Energie des Rundungsfehlers, in Dezibel. Jedes Bit bringt bei gutartigen Daten etwa 6 dB: 4-Bit-Gruppen von Gewichten erreichen etwa 20 dB, 8 Bit etwa 44 dB. Es vergleicht Formate an einem Tensor; wie sehr das Modell leidet, sagt es nicht.</translation>
    </message>
    <message>
        <source>Widrow and Kollár 2008, Quantization Noise, Cambridge University Press</source>
        <translation>Widrow und Kollár 2008, Quantization Noise, Cambridge University Press</translation>
    </message>
    <message>
        <source>Stable rank</source>
        <translation>Stabiler Rang</translation>
    </message>
    <message>
        <source>Sum of the squared singular values over the largest one squared. At most the rank, and not moved by small singular values. A low stable rank means that one direction rules the tensor.</source>
        <translation>Summe der quadrierten Singulärwerte geteilt durch das Quadrat des größten. Höchstens der Rang und von kleinen Singulärwerten unbewegt. Ein niedriger stabiler Rang bedeutet, dass eine Richtung den Tensor beherrscht.</translation>
    </message>
    <message>
        <source>Rudelson and Vershynin 2007, Journal of the ACM 54(4)</source>
        <translation>Rudelson und Vershynin 2007, Journal of the ACM 54(4)</translation>
    </message>
    <message>
        <source>Symmetric and asymmetric</source>
        <translation>Symmetrisch und asymmetrisch</translation>
    </message>
    <message>
        <source>A symmetric grid has a scale only and lies evenly around zero. An asymmetric one adds a zero point and covers exactly from the smallest to the largest value of a group, which helps at few bits and costs the bits of the zero point.</source>
        <translation>Ein symmetrisches Raster hat nur eine Skala und liegt gleichmäßig um null. Ein asymmetrisches fügt einen Nullpunkt hinzu und reicht genau vom kleinsten bis zum größten Wert einer Gruppe, was bei wenigen Bits hilft und die Bits des Nullpunkts kostet.</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>What the exported file is for: which options it can store, which tensors have to agree, which are never touched, and what it takes instead where a shape does not fit.</source>
        <translation>Wofür die exportierte Datei gedacht ist: welche Optionen es speichern kann, welche Tensoren übereinstimmen müssen, welche nie angerührt werden und was es stattdessen nimmt, wo eine Form nicht passt.</translation>
    </message>
    <message>
        <source>Tie</source>
        <translation>Kopplung</translation>
    </message>
    <message>
        <source>Engines that multiply query, key and value at once, or gate and up, need them in one format. Tied tensors take one option together; setting one sets all.</source>
        <translation>Engines, die Query, Key und Value auf einmal multiplizieren, oder gate und up, brauchen sie in einem Format. Gekoppelte Tensoren nehmen gemeinsam eine Option; wer einen setzt, setzt alle.</translation>
    </message>
    <message>
        <source>Uniform plan</source>
        <translation>Einheitlicher Plan</translation>
    </message>
    <message>
        <source>The same option on every tensor that may be quantized. It is what most tools do, needs no score, and is the yardstick: a mixed plan that does not beat the uniform plan of its size is not worth its trouble.</source>
        <translation>Dieselbe Option an jedem Tensor, der quantisiert werden darf. Das tun die meisten Programme; es braucht keinen Score und ist der Maßstab: ein gemischter Plan, der den einheitlichen seiner Größe nicht schlägt, ist die Mühe nicht wert.</translation>
    </message>
    <message>
        <source>Compared throughout in Gholami et al. 2021, arXiv:2103.13630</source>
        <translation>Durchweg verglichen in Gholami et al. 2021, arXiv:2103.13630</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>What gets one option: a weight matrix, or a single expert of a stack of them. Norms, biases and other small tensors are no units; they are stored as they are.</source>
        <translation>Was eine Option bekommt: eine Gewichtsmatrix oder ein einzelner Experte eines Stapels davon. Norms, Biases und andere kleine Tensoren sind keine Einheiten; sie werden gespeichert, wie sie sind.</translation>
    </message>
    <message>
        <source>What the id stands for, by the model&apos;s tokenizer.json; ␣ is a space</source>
        <translation>Wofür die ID steht, nach der tokenizer.json des Modells; ␣ ist ein Leerzeichen</translation>
    </message>
    <message>
        <source>mixed</source>
        <translation>gemischt</translation>
    </message>
    <message>
        <source>outside the blocks</source>
        <translation>außerhalb der Blöcke</translation>
    </message>
    <message>
        <source>%1, outside the blocks</source>
        <translation>%1, außerhalb der Blöcke</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>Block %1</translation>
    </message>
    <message>
        <source>%1 block %2</source>
        <translation>%1 Block %2</translation>
    </message>
    <message>
        <source>%1, %2, %3 parameters</source>
        <translation>%1, %2, %3 Parameter</translation>
    </message>
    <message>
        <source>not planned: it stays as it is</source>
        <translation>nicht geplant: bleibt, wie es ist</translation>
    </message>
    <message>
        <source>plan: %1, %2 bits, %3</source>
        <translation>Plan: %1, %2 Bits, %3</translation>
    </message>
    <message>
        <source>fallback: %1</source>
        <translation>Fallback: %1</translation>
    </message>
    <message>
        <source>bits in the plan</source>
        <translation>Bits im Plan</translation>
    </message>
    <message>
        <source>bits in the file</source>
        <translation>Bits in der Datei</translation>
    </message>
    <message>
        <source>role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>crest factor</source>
        <translation>Crest-Faktor</translation>
    </message>
    <message>
        <source>bytes in the plan</source>
        <translation>Bytes im Plan</translation>
    </message>
    <message>
        <source>bytes in the file</source>
        <translation>Bytes in der Datei</translation>
    </message>
    <message>
        <source>No activations: maxima, outlier channels and scores that weigh errors by activations are unknown.</source>
        <translation>Keine Aktivierungen: Maxima, Outlier-Kanäle und Scores, die Fehler nach Aktivierungen gewichten, sind unbekannt.</translation>
    </message>
    <message>
        <source>Open a dump…</source>
        <translation>Einen Dump öffnen…</translation>
    </message>
    <message>
        <source>Adds recorded activations to the model</source>
        <translation>Fügt dem Modell aufgezeichnete Aktivierungen hinzu</translation>
    </message>
    <message>
        <source>Adds another dump; the first stays</source>
        <translation>Fügt einen weiteren Dump hinzu; der erste bleibt</translation>
    </message>
    <message>
        <source>The dump holds no Gram matrices: GPTQ and the score act-gram cannot use it.</source>
        <translation>Der Dump enthält keine Gram-Matrizen: GPTQ und der Score act-gram können ihn nicht nutzen.</translation>
    </message>
    <message>
        <source>What a Gram is</source>
        <translation>Was eine Gram-Matrix ist</translation>
    </message>
    <message>
        <source>Opens the glossary</source>
        <translation>Öffnet das Glossar</translation>
    </message>
    <message>
        <source>The dump holds no gradients: the score fisher is not available.</source>
        <translation>Der Dump enthält keine Gradienten: Den Score fisher gibt es nicht.</translation>
    </message>
    <message>
        <source>What fisher needs</source>
        <translation>Was fisher braucht</translation>
    </message>
    <message>
        <source>Show jobs</source>
        <translation>Aufgaben zeigen</translation>
    </message>
    <message>
        <source>Rate, time left, and a button that cancels</source>
        <translation>Rate, Restzeit und ein Knopf zum Abbrechen</translation>
    </message>
    <message>
        <source>Scan the model</source>
        <translation>Das Modell messen</translation>
    </message>
    <message>
        <source>Measures weights and spectra; can be canceled</source>
        <translation>Misst Gewichte und Spektren; lässt sich abbrechen</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Filters the tree</source>
        <translation>Filtert den Baum</translation>
    </message>
    <message>
        <source>Show the matrix</source>
        <translation>Die Matrix zeigen</translation>
    </message>
    <message>
        <source>Hatched cells are unknown</source>
        <translation>Schraffierte Zellen sind unbekannt</translation>
    </message>
    <message>
        <source>Harm is predicted (%1), not measured.</source>
        <translation>Der Schaden ist vorhergesagt (%1), nicht gemessen.</translation>
    </message>
    <message>
        <source>What that means</source>
        <translation>Was das heißt</translation>
    </message>
    <message>
        <source>The threshold |x| ≥ 6 does not follow the scale of the values, so where most of them reach it, every channel is marked. It was found on what matrices read. Sorting by max |x| and the kurtoses do not depend on the scale.</source>
        <translation>Die Schwelle |x| ≥ 6 folgt dem Maßstab der Werte nicht: Wo die meisten sie erreichen, wird jeder Kanal markiert. Sie wurde an dem gefunden, was Matrizen lesen. Das Sortieren nach max |x| und die Kurtosen hängen nicht vom Maßstab ab.</translation>
    </message>
    <message>
        <source>Harm (predicted)</source>
        <translation>Schaden (vorhergesagt)</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>measured on %1 tokens</source>
        <translation>gemessen auf %1 Token</translation>
    </message>
    <message>
        <source>calibrated from %1 measurements</source>
        <translation>kalibriert aus %1 Messungen</translation>
    </message>
    <message>
        <source>, outside of what was measured</source>
        <translation>, außerhalb des Gemessenen</translation>
    </message>
    <message>
        <source>exact copy</source>
        <translation>exakte Kopie</translation>
    </message>
    <message>
        <source>proxy, not measured: %1</source>
        <translation>Schätzung, nicht gemessen: %1</translation>
    </message>
    <message>
        <source>: %1 to %2 (95 %)</source>
        <translation>: %1 bis %2 (95 %)</translation>
    </message>
    <message>
        <source>measured harm</source>
        <translation>gemessener Schaden</translation>
    </message>
    <message>
        <source>A unit, or a whole plan</source>
        <translation>Eine Einheit oder ein ganzer Plan</translation>
    </message>
    <message>
        <source>As the target stores it</source>
        <translation>Wie das Ziel sie speichert</translation>
    </message>
    <message>
        <source>Lower end of the 95 % interval</source>
        <translation>Unteres Ende des 95-%-Intervalls</translation>
    </message>
    <message>
        <source>Upper end of the 95 % interval</source>
        <translation>Oberes Ende des 95-%-Intervalls</translation>
    </message>
    <message>
        <source>Of the changed model, on the tokens measured</source>
        <translation>Des geänderten Modells auf den gemessenen Token</translation>
    </message>
    <message>
        <source>Tokens that were run</source>
        <translation>Token, die durchliefen</translation>
    </message>
    <message>
        <source>%1 bpw</source>
        <translation>%1 bpw</translation>
    </message>
    <message>
        <source>The current plan was not run.</source>
        <translation>Der aktuelle Plan lief nicht.</translation>
    </message>
    <message>
        <source>Measured: %1</source>
        <translation>Gemessen: %1</translation>
    </message>
    <message>
        <source> (%1 to %2)</source>
        <translation> (%1 bis %2)</translation>
    </message>
    <message>
        <source> · perplexity %1, original %2</source>
        <translation> · Perplexität %1, Original %2</translation>
    </message>
    <message>
        <source>They can be recorded here, by running the model on a text.</source>
        <translation>Sie können hier aufgenommen werden, indem das Modell auf einem Text läuft.</translation>
    </message>
    <message>
        <source>Record them…</source>
        <translation>Aufnehmen…</translation>
    </message>
    <message>
        <source>Asks for the text and where the dump goes</source>
        <translation>Fragt nach dem Text und wohin der Dump kommt</translation>
    </message>
    <message>
        <source>harm</source>
        <translation>Schaden</translation>
    </message>
    <message>
        <source>plan of %1</source>
        <translation>Plan von %1</translation>
    </message>
    <message>
        <source>no plan of %1: %2</source>
        <translation>kein Plan von %1: %2</translation>
    </message>
    <message>
        <source>%1 is the same as %2</source>
        <translation>%1 ist derselbe wie %2</translation>
    </message>
    <message>
        <source>Running %1 on %2 tokens.</source>
        <translation>%1 läuft auf %2 Token.</translation>
    </message>
    <message>
        <source>%1 at %2: %3 (%4 measured)</source>
        <translation>%1 mit %2: %3 (%4 gemessen)</translation>
    </message>
    <message>
        <source>of cosine distance</source>
        <translation>Kosinusabstand</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>Nat je Token</translation>
    </message>
    <message>
        <source> by their intervals alone: values by token were not kept</source>
        <translation> nur nach den Intervallen: Werte je Token wurden nicht aufbewahrt</translation>
    </message>
    <message>
        <source>better than %1</source>
        <translation>besser als %1</translation>
    </message>
    <message>
        <source>worse than %1</source>
        <translation>schlechter als %1</translation>
    </message>
    <message>
        <source>cannot be told apart from %1</source>
        <translation>nicht von %1 zu unterscheiden</translation>
    </message>
    <message>
        <source>%1 to %2 %3 better than %4, same tokens</source>
        <translation>%1 bis %2 %3 besser als %4, dieselben Token</translation>
    </message>
    <message>
        <source>%1 to %2 %3 worse than %4, same tokens</source>
        <translation>%1 bis %2 %3 schlechter als %4, dieselben Token</translation>
    </message>
    <message>
        <source>cannot be told apart from %1: from %2 better to %3 worse, %4, same tokens</source>
        <translation>nicht von %1 zu unterscheiden: von %2 besser bis %3 schlechter, %4, dieselben Token</translation>
    </message>
    <message>
        <source>better (intervals)</source>
        <translation>besser (Intervalle)</translation>
    </message>
    <message>
        <source>worse (intervals)</source>
        <translation>schlechter (Intervalle)</translation>
    </message>
    <message>
        <source>alike (intervals)</source>
        <translation>gleich (Intervalle)</translation>
    </message>
    <message>
        <source>%1 to %2 better</source>
        <translation>%1 bis %2 besser</translation>
    </message>
    <message>
        <source>%1 to %2 worse</source>
        <translation>%1 bis %2 schlechter</translation>
    </message>
    <message>
        <source>alike: %1 better to %2 worse</source>
        <translation>gleich: %1 besser bis %2 schlechter</translation>
    </message>
    <message>
        <source>last tokens of the dump</source>
        <translation>letzte Token des Dumps</translation>
    </message>
    <message>
        <source>tokens of the dump</source>
        <translation>Token des Dumps</translation>
    </message>
    <message>
        <source>end of the bundled text</source>
        <translation>Ende des mitgelieferten Textes</translation>
    </message>
    <message>
        <source>the bundled text</source>
        <translation>der mitgelieferte Text</translation>
    </message>
    <message>
        <source>end of %1</source>
        <translation>Ende von %1</translation>
    </message>
    <message>
        <source>There is no dump whose tokens could be run: choose a text.</source>
        <translation>Es gibt keinen Dump, dessen Token laufen könnten: einen Text wählen.</translation>
    </message>
    <message>
        <source>Choose a text, or a file of token ids.</source>
        <translation>Einen Text oder eine Datei mit Token-Nummern wählen.</translation>
    </message>
    <message>
        <source>the plan was not run</source>
        <translation>der Plan lief nicht</translation>
    </message>
    <message>
        <source>the current plan</source>
        <translation>der aktuelle Plan</translation>
    </message>
    <message>
        <source>other tokens</source>
        <translation>andere Token</translation>
    </message>
    <message>
        <source>What it does beyond the current plan, where both were measured on the same tokens: 95 % interval of the paired difference</source>
        <translation>Was er über den aktuellen Plan hinaus anrichtet, wo beide auf denselben Token gemessen sind: 95-%-Intervall der gepaarten Differenz</translation>
    </message>
    <message>
        <source>broke the model</source>
        <translation>zerbrach das Modell</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>not kept</source>
        <translation>nicht behalten</translation>
    </message>
    <message>
        <source>not judged</source>
        <translation>nicht beurteilt</translation>
    </message>
    <message>
        <source>in the result</source>
        <translation>im Ergebnis</translation>
    </message>
    <message>
        <source>proposed</source>
        <translation>vorgeschlagen</translation>
    </message>
    <message>
        <source>round</source>
        <translation>Runde</translation>
    </message>
    <message>
        <source>unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>What changes: a unit, those of a swap, or the whole plan that a round proposed</source>
        <translation>Was sich ändert: eine Einheit, die eines Tausches oder der ganze Plan, den eine Runde vorschlug</translation>
    </message>
    <message>
        <source>Option in the plan before</source>
        <translation>Option im Plan davor</translation>
    </message>
    <message>
        <source>Option that was tried</source>
        <translation>Option, die versucht wurde</translation>
    </message>
    <message>
        <source>change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Of the whole plan&apos;s harm, over the same tokens; below zero is better. Steps and swaps are measured on the tokens that choose</source>
        <translation>Des Schadens des ganzen Plans, über dieselben Token; unter null ist besser. Schritte und Tausche sind auf den Token gemessen, die wählen</translation>
    </message>
    <message>
        <source>low</source>
        <translation>unten</translation>
    </message>
    <message>
        <source>Lower end of the 95 % interval of the paired difference</source>
        <translation>Unteres Ende des 95-%-Intervalls der gepaarten Differenz</translation>
    </message>
    <message>
        <source>high</source>
        <translation>oben</translation>
    </message>
    <message>
        <source>Upper end of the 95 % interval of the paired difference</source>
        <translation>Oberes Ende des 95-%-Intervalls der gepaarten Differenz</translation>
    </message>
    <message>
        <source>believed</source>
        <translation>geglaubt</translation>
    </message>
    <message>
        <source>The change after shrinking it by its reliability: what the solver works with</source>
        <translation>Die Änderung, nach ihrer Verlässlichkeit geschrumpft: womit der Löser rechnet</translation>
    </message>
    <message>
        <source>taken</source>
        <translation>übernommen</translation>
    </message>
    <message>
        <source>What became of it</source>
        <translation>Was daraus wurde</translation>
    </message>
    <message>
        <source>swap %1: %2</source>
        <translation>Tausch %1: %2</translation>
    </message>
    <message>
        <source>%1 on %2: %3 tokens choose, %4 others judge.</source>
        <translation>%1 auf %2: %3 Token wählen, %4 andere urteilen.</translation>
    </message>
    <message>
        <source>It ended because %1.</source>
        <translation>Ende: %1.</translation>
    </message>
    <message>
        <source>No plan came out that is better beyond noise: the plan stays as it is.</source>
        <translation>Kein Plan kam heraus, der über das Rauschen hinaus besser ist: der Plan bleibt, wie er ist.</translation>
    </message>
    <message>
        <source>Result: %1, on the tokens that judge %2. Measure it on others to know what it costs.</source>
        <translation>Ergebnis: %1, auf den Token, die urteilen, %2. Was er kostet, sagt eine Messung auf anderen.</translation>
    </message>
    <message>
        <source>It is %1 larger than %2, within its budget.</source>
        <translation>Es ist %1 größer als %2, innerhalb seines Budgets.</translation>
    </message>
    <message>
        <source>solved</source>
        <translation>gelöst</translation>
    </message>
    <message>
        <source>swaps</source>
        <translation>Tausche</translation>
    </message>
    <message>
        <source>choosing tokens (flattered)</source>
        <translation>wählende Token (geschönt)</translation>
    </message>
    <message>
        <source>judging tokens (%1 %)</source>
        <translation>urteilende Token (%1 %)</translation>
    </message>
    <message>
        <source>judging tokens</source>
        <translation>urteilende Token</translation>
    </message>
    <message>
        <source>before</source>
        <translation>davor</translation>
    </message>
    <message>
        <source>tried</source>
        <translation>versucht</translation>
    </message>
    <message>
        <source>act-diag;act-gram;activation weighted error</source>
        <translation>nach Aktivierungen gewichteter Fehler</translation>
    </message>
    <message>
        <source>max |x|;abs-max;largest activation;activation maxima</source>
        <translation>größte Aktivierung;Aktivierungsmaxima</translation>
    </message>
    <message>
        <source>α;power law;power-law;tail exponent;tail fit</source>
        <translation>Potenzgesetz;Ausläufer</translation>
    </message>
    <message>
        <source>sink;sinks</source>
        <translation>Senke;Senken</translation>
    </message>
    <message>
        <source>bit width;width in bits</source>
        <translation>Bitbreite;Bit</translation>
    </message>
    <message>
        <source>gap;lower bound;certificate</source>
        <translation>Lücke;untere Schranke</translation>
    </message>
    <message>
        <source>bits per weight;file bpw</source>
        <translation>Bits je Gewicht;Bit je Gewicht;bpw Datei</translation>
    </message>
    <message>
        <source>distance to the budget</source>
        <translation>unter dem Budget;über dem Budget</translation>
    </message>
    <message>
        <source>calibration;tokens</source>
        <translation>Kalibrierung;Token</translation>
    </message>
    <message>
        <source>clipping;clipped mass;clipped;saturation</source>
        <translation>abgeschnitten;Sättigung</translation>
    </message>
    <message>
        <source>packed</source>
        <translation>gepackt</translation>
    </message>
    <message>
        <source>crest</source>
        <translation>Crest</translation>
    </message>
    <message>
        <source>dump;site;sites;activation dump</source>
        <translation>Stelle;Stellen;Aktivierungsdump</translation>
    </message>
    <message>
        <source>eigenvalues;eigenvalue;empirical spectral density;spectrum;spectra</source>
        <translation>Eigenwerte;Eigenwert;Spektrum;Spektren;Spektraldichte</translation>
    </message>
    <message>
        <source>experts;mixture of experts;moe;coverage</source>
        <translation>Experten;Abdeckung</translation>
    </message>
    <message>
        <source>simulated quantization;fake quantization</source>
        <translation>simulierte Quantisierung</translation>
    </message>
    <message>
        <source>refused;fallbacks</source>
        <translation>abgelehnt;Ausweichlösungen</translation>
    </message>
    <message>
        <source>fisher</source>
        <translation>Fisher-Score</translation>
    </message>
    <message>
        <source>fp8;e4m3</source>
        <translation>FP8</translation>
    </message>
    <message>
        <source>pareto;pareto front;pareto chart</source>
        <translation>Pareto-Diagramm;Frontier</translation>
    </message>
    <message>
        <source>error feedback</source>
        <translation>Fehlerrückführung</translation>
    </message>
    <message>
        <source>gram;hessian</source>
        <translation>Gram-Matrix;Hesse-Matrix</translation>
    </message>
    <message>
        <source>group size;block scale;block-scale;per-channel;scale</source>
        <translation>Gruppengröße;Blockskala;Skala;je Kanal</translation>
    </message>
    <message>
        <source>harm;sensitivity;score;scores;objective</source>
        <translation>Schaden;Empfindlichkeit;Zielfunktion</translation>
    </message>
    <message>
        <source>hill;hill-median;hill-alphaq</source>
        <translation>Hill-Schätzer</translation>
    </message>
    <message>
        <source>kernel share;crossquant;kernel</source>
        <translation>Kernanteil</translation>
    </message>
    <message>
        <source>xmin;kolmogorov-smirnov;ks distance;ww-power-law</source>
        <translation>KS-Abstand</translation>
    </message>
    <message>
        <source>excess kurtosis</source>
        <translation>Exzess</translation>
    </message>
    <message>
        <source>locked;unlock;locks</source>
        <translation>gesperrt;fest;Sperren</translation>
    </message>
    <message>
        <source>marchenko-pastur;random bulk;bulk</source>
        <translation>Zufallsmasse</translation>
    </message>
    <message>
        <source>massive;massive activations;massive tokens</source>
        <translation>massive Aktivierung;massive Aktivierungen;massive Token</translation>
    </message>
    <message>
        <source>Measured harm</source>
        <translation>Gemessener Schaden</translation>
    </message>
    <message>
        <source>kl;kl divergence;perplexity;bootstrap interval;measured or calibrated</source>
        <translation>KL-Divergenz;Perplexität;Bootstrap-Intervall</translation>
    </message>
    <message>
        <source>Intervals: Efron and Tibshirani 1993, An Introduction to the Bootstrap, Chapman and Hall</source>
        <translation>Intervalle: Efron und Tibshirani 1993, An Introduction to the Bootstrap, Chapman and Hall</translation>
    </message>
    <message>
        <source>normal float;codebook</source>
        <translation>Codebuch</translation>
    </message>
    <message>
        <source>nan;inf;nan / inf;not finite</source>
        <translation>nicht endlich</translation>
    </message>
    <message>
        <source>number format;quantizer;options</source>
        <translation>Zahlenformat;Quantisierer;Optionen</translation>
    </message>
    <message>
        <source>outlier channels;outlier features;hot channel;llm.int8;outliers</source>
        <translation>Outlier-Kanäle;Outlier</translation>
    </message>
    <message>
        <source>price;next best move;next best moves</source>
        <translation>Preis;nächster bester Schritt;nächste beste Schritte</translation>
    </message>
    <message>
        <source>bit-exact;re-read;verdict</source>
        <translation>bitgenau;Urteil</translation>
    </message>
    <message>
        <source>imported;predicted by</source>
        <translation>importiert;vorhergesagt mit</translation>
    </message>
    <message>
        <source>q99.9;99.9 % quantile;quantile</source>
        <translation>q99,9;99,9-%-Quantil;Quantil</translation>
    </message>
    <message>
        <source>spearman;correlation</source>
        <translation>Korrelation</translation>
    </message>
    <message>
        <source>residual</source>
        <translation>Residuum</translation>
    </message>
    <message>
        <source>stream</source>
        <translation>Residual</translation>
    </message>
    <message>
        <source>root mean square</source>
        <translation>quadratisches Mittel</translation>
    </message>
    <message>
        <source>rtn</source>
        <translation>Runden zum Nächsten</translation>
    </message>
    <message>
        <source>signal to quantization noise;sqnr (max);int8 sqnr</source>
        <translation>Signal-Rausch-Abstand</translation>
    </message>
    <message>
        <source>symmetric;asymmetric;zero point;zero-point</source>
        <translation>symmetrisch;asymmetrisch;Nullpunkt</translation>
    </message>
    <message>
        <source>targets</source>
        <translation>Ziele</translation>
    </message>
    <message>
        <source>tied;untie;fused</source>
        <translation>gekoppelt;verschmolzen</translation>
    </message>
    <message>
        <source>uniform;preset;presets</source>
        <translation>einheitlich</translation>
    </message>
    <message>
        <source>units;tensor;tensors</source>
        <translation>Einheiten;Tensor;Tensoren</translation>
    </message>
    <message>
        <source>Weight error score</source>
        <translation>Score des Gewichtsfehlers</translation>
    </message>
    <message>
        <source>weight-error;weight-error-relative</source>
        <translation>Gewichtsfehler</translation>
    </message>
    <message>
        <source>The squared difference between a weight and its rounded values, as it is or relative to the weight&apos;s own square. Needs no data and takes seconds. It knows nothing of the inputs: a large error in a channel that is always zero counts as much as one that every token meets.</source>
        <translation>Die quadrierte Differenz zwischen einem Gewicht und seinen gerundeten Werten, so wie sie ist oder im Verhältnis zum Quadrat des Gewichts. Braucht keine Daten und dauert Sekunden. Von den Eingängen weiß er nichts: ein großer Fehler in einem Kanal, der immer null ist, zählt so viel wie einer, auf den jedes Token trifft.</translation>
    </message>
    <message>
        <source>An overview: Nagel et al. 2021, A White Paper on Neural Network Quantization, arXiv:2106.08295</source>
        <translation>Ein Überblick: Nagel et al. 2021, A White Paper on Neural Network Quantization, arXiv:2106.08295</translation>
    </message>
    <message numerus="yes">
        <source>%n site(s)</source>
        <translation>
            <numerusform>%n Stelle</numerusform>
            <numerusform>%n Stellen</numerusform>
        </translation>
    </message>
    <message>
        <source>outlier channels</source>
        <translation>Outlier-Kanäle</translation>
    </message>
    <message>
        <source>%1 of %2 channels</source>
        <translation>%1 von %2 Kanälen</translation>
    </message>
    <message>
        <source>%1, %2 sampled tokens</source>
        <translation>%1, %2 Token als Stichprobe</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>95 % from</source>
        <translation>95 % von</translation>
    </message>
    <message>
        <source>95 % to</source>
        <translation>95 % bis</translation>
    </message>
    <message>
        <source>Against the plan</source>
        <translation>Gegen den Plan</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>Perplexität</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Criterion</source>
        <translation>Kriterium</translation>
    </message>
    <message>
        <source>Token id</source>
        <translation>Token-ID</translation>
    </message>
    <message>
        <source>Dump</source>
        <translation>Dump</translation>
    </message>
    <message>
        <source>size of all weights, if they were packed</source>
        <translation>Größe aller Gewichte, wären sie gepackt</translation>
    </message>
    <message>
        <source>size of all weights</source>
        <translation>Größe aller Gewichte</translation>
    </message>
    <message>
        <source>× site</source>
        <translation>× Stelle</translation>
    </message>
    <message>
        <source>× token</source>
        <translation>× Token</translation>
    </message>
    <message>
        <source>the dump itself may list only the largest</source>
        <translation>der Dump selbst listet vielleicht nur die größten</translation>
    </message>
    <message>
        <source>LLM.int8() tells little here: %1 % of the values are 6 or more.</source>
        <translation>LLM.int8() sagt hier wenig: %1 % der Werte sind 6 oder größer.</translation>
    </message>
    <message>
        <source>Better for it: “%1”.</source>
        <translation>Besser dafür: „%1“.</translation>
    </message>
    <message>
        <source>final</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>%1 mlp</source>
        <translation>%1 MLP</translation>
    </message>
    <message>
        <source>%1 attn</source>
        <translation>%1 Attn.</translation>
    </message>
    <message>
        <source>A number for how much an option on a tensor, or a plan, is expected to hurt the model. Of an option it is a proxy computed from weights, inputs or gradients, or comes from running the model with that one change, and says which. Of a plan it is the sum over its tensors, which assumes that errors do not help or hinder each other: only a run of the whole plan tells.</source>
        <translation>Eine Zahl dafür, wie sehr eine Option eines Tensors oder ein Plan dem Modell voraussichtlich schadet. Bei einer Option ist sie eine Näherung aus Gewichten, Eingaben oder Gradienten, oder sie kommt aus einem Lauf des Modells mit dieser einen Änderung, und es steht dabei, welches von beiden. Bei einem Plan ist sie die Summe über seine Tensoren, die annimmt, dass Fehler einander weder helfen noch stören: Erst ein Lauf des ganzen Plans zeigt es.</translation>
    </message>
    <message>
        <source>A few values, always at the same channels and at few tokens, that are thousands of times larger than the median of their layer. They appear in an early block, stay through the residual stream, and hardly depend on the text. Two criteria are in use, both above 100: Sun et al. ask for 1000 times the median of the site, Max_act_llm for more than 1000 times the median of the token, which can hold at many tokens.</source>
        <translation>Wenige Werte, immer in denselben Kanälen und bei wenigen Token, die tausende Male größer sind als der Median ihrer Schicht. Sie entstehen in einem frühen Block, bleiben im Residualstrom und hängen kaum vom Text ab. Zwei Kriterien sind üblich, beide über 100: Sun et al. verlangen das 1000-Fache des Medians der Stelle, Max_act_llm mehr als das 1000-Fache des Medians des Tokens, was bei vielen Token zutreffen kann.</translation>
    </message>
    <message>
        <source>What a change of the weights did when the model was run: the mean over tokens of the KL divergence of its next-token probabilities from the original&apos;s, in nats, or the mean cosine distance of an encoder&apos;s outputs. The interval says how far the mean over other tokens of the same text may be off. Plans add up such numbers drawn toward what similar units cost, the more the wider their intervals, so that the luckiest of many does not win. What two changes do together is not the sum of what each does alone: a whole plan is known only when it was run.</source>
        <translation>Was eine Änderung der Gewichte tat, als das Modell ausgeführt wurde: das Mittel über Token der KL-Divergenz seiner Wahrscheinlichkeiten für das nächste Token von denen des Originals, in Nat, oder die mittlere Kosinusdistanz der Ausgaben eines Encoders. Das Intervall sagt, wie weit das Mittel über andere Token desselben Textes abweichen kann. Pläne summieren solche Zahlen, gezogen zu dem, was ähnliche Einheiten kosten, umso mehr, je weiter ihre Intervalle sind, damit nicht die glücklichste von vielen gewinnt. Was zwei Änderungen zusammen tun, ist nicht die Summe dessen, was jede allein tut: Einen ganzen Plan kennt man erst, wenn er ausgeführt wurde.</translation>
    </message>
    <message>
        <source>Harm (from runs)</source>
        <translation>Schaden (aus Läufen)</translation>
    </message>
    <message>
        <source>KL in nats per token</source>
        <translation>KL in Nat je Token</translation>
    </message>
    <message>
        <source>cosine distance</source>
        <translation>Kosinusabstand</translation>
    </message>
    <message>
        <source>harm of the worst unit, nats per token</source>
        <translation>Schaden der schlimmsten Einheit, Nat je Token</translation>
    </message>
    <message>
        <source>harm of the worst unit, cosine distance</source>
        <translation>Schaden der schlimmsten Einheit, Kosinusabstand</translation>
    </message>
    <message>
        <source>predicted harm, nats per token</source>
        <translation>vorhergesagter Schaden, Nat je Token</translation>
    </message>
    <message>
        <source>predicted harm, cosine distance</source>
        <translation>vorhergesagter Schaden, Kosinusabstand</translation>
    </message>
    <message>
        <source>%1 (sum over units, measured or calibrated)</source>
        <translation>%1 (Summe über Einheiten, gemessen oder kalibriert)</translation>
    </message>
    <message>
        <source>%1 (sum over measured units)</source>
        <translation>%1 (Summe über gemessene Einheiten)</translation>
    </message>
    <message>
        <source>harm %1 (%2)</source>
        <translation>Schaden %1 (%2)</translation>
    </message>
    <message>
        <source>harm %1</source>
        <translation>Schaden %1</translation>
    </message>
    <message>
        <source>%1 nats per token</source>
        <translation>%1 Nat je Token</translation>
    </message>
    <message>
        <source>harm of the worst unit %1: measured on up to %2 tokens</source>
        <translation>Schaden der schlimmsten Einheit %1: gemessen auf bis zu %2 Token</translation>
    </message>
    <message>
        <source>predicted harm %1: sum over units measured on up to %2 tokens or calibrated</source>
        <translation>vorhergesagter Schaden %1: Summe über Einheiten, gemessen auf bis zu %2 Token oder kalibriert</translation>
    </message>
    <message>
        <source>predicted harm %1: sum over units measured on up to %2 tokens</source>
        <translation>vorhergesagter Schaden %1: Summe über Einheiten, gemessen auf bis zu %2 Token</translation>
    </message>
    <message>
        <source> as %1, drawn toward what similar units cost as its interval asks</source>
        <translation> als %1, so weit zu dem gezogen, was ähnliche Einheiten kosten, wie sein Intervall verlangt</translation>
    </message>
    <message>
        <source>predicted by %1, in its own unit (not measured)</source>
        <translation>von %1 vorhergesagt, in eigener Einheit (nicht gemessen)</translation>
    </message>
    <message>
        <source>measured distance (cosine)</source>
        <translation>gemessener Abstand (Kosinus)</translation>
    </message>
    <message>
        <source>measured KL, nats per token</source>
        <translation>gemessene KL, Nat je Token</translation>
    </message>
    <message>
        <source>What plans count: of a unit its measurement, drawn toward what similar units cost as its interval asks; of a plan the sum over its units</source>
        <translation>Was Pläne zählen: bei einer Einheit ihre Messung, so weit zu dem gezogen, was ähnliche Einheiten kosten, wie ihr Intervall verlangt; bei einem Plan die Summe über seine Einheiten</translation>
    </message>
    <message>
        <source>Predicted by %1, not measured: its order and its ratios count, not its size</source>
        <translation>Von %1 vorhergesagt, nicht gemessen: Rang und Verhältnisse zählen, nicht die Größe</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>In plans</source>
        <translation>In Plänen</translation>
    </message>
    <message>
        <source>%1, from runs on up to %2 tokens or calibrated</source>
        <translation>%1, aus Läufen auf bis zu %2 Token oder kalibriert</translation>
    </message>
    <message>
        <source>%1, from runs on up to %2 tokens</source>
        <translation>%1, aus Läufen auf bis zu %2 Token</translation>
    </message>
    <message>
        <source>Show measured harm</source>
        <translation>Gemessenen Schaden zeigen</translation>
    </message>
    <message>
        <source>Runs the units that were not measured</source>
        <translation>Führt die Einheiten aus, die nicht gemessen wurden</translation>
    </message>
    <message>
        <source>%1, not measured</source>
        <translation>%1, nicht gemessen</translation>
    </message>
    <message>
        <source>; text: %1, %2 tokens</source>
        <translation>; Text: %1, %2 Token</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>In plans: measured, drawn toward what similar units cost; 95 % is of Measured</source>
        <translation>In Plänen: gemessen und zu dem gezogen, was ähnliche Einheiten kosten; 95 % gehört zu Gemessen</translation>
    </message>
    <message>
        <source>%1 massive in their site, %2 in their token, %3 in both</source>
        <translation>%1 massiv an ihrer Stelle, %2 in ihrem Token, %3 beides</translation>
    </message>
    <message>
        <source>%1 beyond %2 per site are not listed</source>
        <translation>%1 jenseits von %2 je Stelle sind nicht aufgeführt</translation>
    </message>
    <message>
        <source>There is no uniform plan of this size</source>
        <translation>Es gibt keinen einheitlichen Plan dieser Größe</translation>
    </message>
    <message>
        <source>uniform %1</source>
        <translation>einheitlich %1</translation>
    </message>
    <message>
        <source>even mix of %1</source>
        <translation>gleichmäßige Mischung aus %1</translation>
    </message>
    <message>
        <source>ends first, %1</source>
        <translation>Enden zuerst, %1</translation>
    </message>
    <message>
        <source>v and down first, %1</source>
        <translation>v und down zuerst, %1</translation>
    </message>
    <message>
        <source>Same best</source>
        <translation>Bestes gleich</translation>
    </message>
    <message>
        <source>Tokens whose most probable next word stayed, in percent (top-1 agreement)</source>
        <translation>Token, deren wahrscheinlichstes nächstes Wort blieb, in Prozent (Top-1-Übereinstimmung)</translation>
    </message>
    <message>
        <source> · same best word %1 %</source>
        <translation> · bestes Wort gleich: %1 %</translation>
    </message>
    <message>
        <source> · %1 tokens: %2</source>
        <translation> · %1 Token: %2</translation>
    </message>
    <message>
        <source>%1 (%2 bpw)</source>
        <translation>%1 (%2 bpw)</translation>
    </message>
    <message>
        <source>%1 by %2 to %3</source>
        <translation>%1 um %2 bis %3</translation>
    </message>
    <message>
        <source>Better on the same tokens than %1</source>
        <translation>Besser auf denselben Token als %1</translation>
    </message>
    <message>
        <source>No uniform plan of its size was run on these tokens.</source>
        <translation>Kein einheitlicher Plan dieser Größe lief auf diesen Token.</translation>
    </message>
</context>
<context>
    <name>bitwright::views::AgreementChart</name>
    <message>
        <source>best power law (exponent %1)</source>
        <translation>bestes Potenzgesetz (Exponent %1)</translation>
    </message>
    <message>
        <source>measured %1</source>
        <translation>gemessen %1</translation>
    </message>
    <message>
        <source> (%1 to %2)</source>
        <translation> (%1 bis %2)</translation>
    </message>
    <message>
        <source>predicted %1</source>
        <translation>vorhergesagt %1</translation>
    </message>
    <message>
        <source>%1 times what the line says</source>
        <translation>das %1-Fache dessen, was die Linie sagt</translation>
    </message>
    <message>
        <source>power law</source>
        <translation>Potenzgesetz</translation>
    </message>
    <message>
        <source>selected</source>
        <translation>ausgewählt</translation>
    </message>
</context>
<context>
    <name>bitwright::views::AllocationPanel</name>
    <message>
        <source>Allocation</source>
        <translation>Zuteilung</translation>
    </message>
    <message>
        <source>Allocation of every unit</source>
        <translation>Zuteilung jeder Einheit</translation>
    </message>
    <message>
        <source>Next best moves</source>
        <translation>Nächste beste Schritte</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>Als CSV kopieren</translation>
    </message>
    <message>
        <source>Filter of the allocation</source>
        <translation>Filter der Zuteilung</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Shows the units of one role</source>
        <translation>Zeigt die Einheiten einer Rolle</translation>
    </message>
    <message>
        <source>Which units</source>
        <translation>Welche Einheiten</translation>
    </message>
    <message>
        <source>Shows the units that are in this state</source>
        <translation>Zeigt die Einheiten in diesem Zustand</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>fallback</source>
        <translation>Fallback</translation>
    </message>
    <message>
        <source>unknown harm</source>
        <translation>Schaden unbekannt</translation>
    </message>
    <message>
        <source>Copies the shown rows with full precision</source>
        <translation>Kopiert die gezeigten Zeilen mit voller Genauigkeit</translation>
    </message>
    <message>
        <source>What a little more (buy) or less (sell) size changes; Enter or double click makes the move</source>
        <translation>Was etwas mehr oder weniger (minus) Größe ändert; Enter oder Doppelklick führt den Schritt aus</translation>
    </message>
    <message>
        <source>&amp;Options of the selection…</source>
        <translation>&amp;Optionen der Auswahl…</translation>
    </message>
    <message>
        <source>Lists bits, size and harm of every option of the selected units (Enter)</source>
        <translation>Nennt Bits, Größe und Schaden jeder Option der gewählten Einheiten (Enter)</translation>
    </message>
    <message>
        <source>&amp;Restore the solver&apos;s choice</source>
        <translation>Wahl des Lösers &amp;wiederherstellen</translation>
    </message>
    <message>
        <source>Gives the selected units the solver&apos;s option at the budget (0)</source>
        <translation>Gibt den gewählten Einheiten die Option des Lösers beim Budget (0)</translation>
    </message>
    <message>
        <source>&amp;Lock or unlock the selection</source>
        <translation>Auswahl &amp;sperren oder entsperren</translation>
    </message>
    <message>
        <source>Locked units keep their option whatever the solver does (K)</source>
        <translation>Gesperrte Einheiten behalten ihre Option, was auch der Löser tut (K)</translation>
    </message>
    <message>
        <source>&amp;Copy the allocation as CSV</source>
        <translation>Zuteilung als CSV &amp;kopieren</translation>
    </message>
    <message>
        <source>Make the selected next best &amp;move</source>
        <translation>Gewählten nächsten besten Schritt &amp;ausführen</translation>
    </message>
    <message>
        <source>Applies the move that is selected in the price list (Enter in the list)</source>
        <translation>Führt den in der Preisliste gewählten Schritt aus (Enter in der Liste)</translation>
    </message>
    <message>
        <source>every role</source>
        <translation>jede Rolle</translation>
    </message>
    <message>
        <source>%1 units</source>
        <translation>%1 Einheiten</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Every unit of the plan with its option, size and harm, and the next best moves.
%1</source>
        <translation>Jede Einheit des Plans mit Option, Größe und Schaden, und die nächsten besten Schritte.
%1</translation>
    </message>
    <message>
        <source>The weights are not measured yet.</source>
        <translation>Die Gewichte sind noch nicht gemessen.</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Measure the weights</source>
        <translation>Die Gewichte messen</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>What the allocation lists</source>
        <translation>Was die Zuteilung auflistet</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Shows the units in which every word occurs, and their moves</source>
        <translation>Zeigt die Einheiten, in denen jedes Wort vorkommt, und ihre Schritte</translation>
    </message>
    <message>
        <source>&amp;Units</source>
        <translation>&amp;Einheiten</translation>
    </message>
    <message>
        <source>Every unit of the plan with its option</source>
        <translation>Jede Einheit des Plans mit ihrer Option</translation>
    </message>
    <message>
        <source>Next best &amp;moves</source>
        <translation>Beste &amp;Schritte</translation>
    </message>
    <message>
        <source>The moves that gain most for each byte, or lose least</source>
        <translation>Die Schritte, die je Byte am meisten gewinnen oder am wenigsten verlieren</translation>
    </message>
    <message>
        <source>differs from the solver&apos;s choice</source>
        <translation>weicht von der Wahl des Lösers ab</translation>
    </message>
</context>
<context>
    <name>bitwright::views::AllocationTable</name>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Option</source>
        <translation>Option</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>Double click or F2 for the list of options</source>
        <translation>Doppelklick oder F2 zeigt die Liste der Optionen</translation>
    </message>
    <message>
        <source>not locked</source>
        <translation>nicht gesperrt</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Harm (pred.)</source>
        <translation>Schaden (vorhergesagt)</translation>
    </message>
    <message>
        <source>could not be measured: %1</source>
        <translation>konnte nicht gemessen werden: %1</translation>
    </message>
    <message>
        <source>The solver would choose %1. Double click or F2 for the list</source>
        <translation>Der Löser würde %1 wählen. Doppelklick oder F2 für die Liste</translation>
    </message>
    <message>
        <source>of the sum of the harms of all units (%1)</source>
        <translation>an der Summe der Schäden aller Einheiten (%1)</translation>
    </message>
    <message>
        <source>Of all harm</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>Harm (runs)</source>
        <translation>Schaden (Läufe)</translation>
    </message>
</context>
<context>
    <name>bitwright::views::AlphaChart</name>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>tail exponent alpha</source>
        <translation>Exponent alpha des Ausläufers</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>below 2: over-trained</source>
        <translation>unter 2: übertrainiert</translation>
    </message>
    <message>
        <source>above 6: under-trained</source>
        <translation>über 6: untertrainiert</translation>
    </message>
    <message>
        <source>alpha %1</source>
        <translation>alpha %1</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source> (%1 to %2)</source>
        <translation> (%1 bis %2)</translation>
    </message>
    <message>
        <source>bits %1</source>
        <translation>Bits %1</translation>
    </message>
</context>
<context>
    <name>bitwright::views::BlockRoleMatrix</name>
    <message>
        <source>Select all	Ctrl+A</source>
        <translation>Alles auswählen	Ctrl+A</translation>
    </message>
    <message>
        <source>Zoom in	+</source>
        <translation>Vergrößern	+</translation>
    </message>
    <message>
        <source>Zoom out	-</source>
        <translation>Verkleinern	-</translation>
    </message>
    <message>
        <source>Fit to the window</source>
        <translation>In das Fenster einpassen</translation>
    </message>
    <message>
        <source>no option yet</source>
        <translation>noch keine Option</translation>
    </message>
    <message>
        <source>%1, %2 bits per weight</source>
        <translation>%1, %2 Bit je Gewicht</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>harm</source>
        <translation>Schaden</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>score imported</source>
        <translation>Score importiert</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>tied</source>
        <translation>gekoppelt</translation>
    </message>
    <message>
        <source>contains NaN or Inf</source>
        <translation>enthält NaN oder Inf</translation>
    </message>
    <message>
        <source>never quantized by this target</source>
        <translation>wird von diesem Ziel nie quantisiert</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>seen by %1 calibration tokens</source>
        <translation>von %1 Kalibrierungstoken gesehen</translation>
    </message>
    <message>
        <source>calibrated by other measurements: %1 to %2 (95 %)</source>
        <translation>durch andere Messungen kalibriert: %1 bis %2 (95 %)</translation>
    </message>
    <message>
        <source>measured: %1 to %2 (95 %)</source>
        <translation>gemessen: %1 bis %2 (95 %)</translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) cannot be told apart from it (dashed)</source>
        <translation>
            <numerusform>%n Einheit ist nicht davon zu unterscheiden (gestrichelt)</numerusform>
            <numerusform>%n Einheiten sind nicht davon zu unterscheiden (gestrichelt)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them by the overlap of intervals: not measured on the same tokens</source>
        <translation>
            <numerusform>%n davon nach der Überlappung der Intervalle: nicht auf denselben Token gemessen</numerusform>
            <numerusform>%n davon nach der Überlappung der Intervalle: nicht auf denselben Token gemessen</numerusform>
        </translation>
    </message>
    <message>
        <source>cannot be told apart from the selected unit</source>
        <translation>nicht von der ausgewählten Einheit zu unterscheiden</translation>
    </message>
    <message>
        <source>could not be measured</source>
        <translation>konnte nicht gemessen werden</translation>
    </message>
    <message>
        <source>differs from the solver&apos;s choice</source>
        <translation>weicht von der Wahl des Lösers ab</translation>
    </message>
    <message>
        <source>harm not told apart from the selection&apos;s</source>
        <translation>Schaden nicht von dem der Auswahl zu trennen</translation>
    </message>
    <message>
        <source>same tokens, 95 %: not told apart from the selection</source>
        <translation>gleiche Token, 95 %: nicht von der Auswahl unterscheidbar</translation>
    </message>
    <message>
        <source>same tokens, 95 %: not told apart</source>
        <translation>gleiche Token, 95 %: nicht unterscheidbar</translation>
    </message>
    <message>
        <source>color: bits per weight of the chosen option</source>
        <translation>Farbe: Bits je Gewicht der gewählten Option</translation>
    </message>
    <message>
        <source>square or bar: its harm, on a log scale from %1 to %2</source>
        <translation>Quadrat oder Balken: ihr Schaden, logarithmisch von %1 bis %2</translation>
    </message>
    <message>
        <source>link: tied units, which take one option together</source>
        <translation>Kettenglied: gekoppelte Einheiten, die zusammen eine Option bekommen</translation>
    </message>
    <message>
        <source>dashed: what the selected unit costs is not told apart from what this one costs, at 95 %, paired on the same tokens</source>
        <translation>gestrichelt: Was die ausgewählte Einheit kostet, ist von den Kosten dieser nicht zu unterscheiden (95 %, gepaart auf denselben Token)</translation>
    </message>
    <message>
        <source>tied: one option</source>
        <translation>gekoppelt: eine Option</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ChannelRidge</name>
    <message>
        <source>weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>%1, by descending max |w|</source>
        <translation>%1, nach fallendem max |w|</translation>
    </message>
    <message>
        <source>max |x|</source>
        <translation>max |x|</translation>
    </message>
    <message>
        <source>|w|</source>
        <translation>|w|</translation>
    </message>
    <message>
        <source>range of %1 channels</source>
        <translation>Spanne von %1 Kanälen</translation>
    </message>
    <message>
        <source>rms</source>
        <translation>rms</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>rms %1</source>
        <translation>rms %1</translation>
    </message>
    <message>
        <source>input max |x| %1</source>
        <translation>Eingang max |x| %1</translation>
    </message>
    <message>
        <source>Sort channels by max |w|	S</source>
        <translation>Kanäle nach max |w| sortieren	S</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ChannelTrace</name>
    <message>
        <source>channel %1</source>
        <translation>Kanal %1</translation>
    </message>
    <message>
        <source>largest of all channels</source>
        <translation>größter aller Kanäle</translation>
    </message>
    <message>
        <source>%1
channel %2: %3 %4
largest: %5</source>
        <translation>%1
Kanal %2: %3 %4
größter: %5</translation>
    </message>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>site</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>current site: %1</source>
        <translation>aktuelle Stelle: %1</translation>
    </message>
    <message>
        <source>site: %1</source>
        <translation>Stelle: %1</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ChartBase</name>
    <message>
        <source>Legend: %1, shown</source>
        <translation>Legende: %1, gezeigt</translation>
    </message>
    <message>
        <source>Legend: %1, hidden</source>
        <translation>Legende: %1, verborgen</translation>
    </message>
    <message>
        <source>horizontal axis</source>
        <translation>waagrechte Achse</translation>
    </message>
    <message>
        <source>vertical axis</source>
        <translation>senkrechte Achse</translation>
    </message>
    <message>
        <source>%1: %2 to %3, logarithmic</source>
        <translation>%1: %2 bis %3, logarithmisch</translation>
    </message>
    <message>
        <source>%1: %2 to %3</source>
        <translation>%1: %2 bis %3</translation>
    </message>
    <message>
        <source>shown: %1</source>
        <translation>gezeigt: %1</translation>
    </message>
    <message>
        <source>stale: being computed again</source>
        <translation>veraltet: wird neu berechnet</translation>
    </message>
    <message>
        <source>&amp;Reset view</source>
        <translation>Ansicht &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Shows everything again (Home)</source>
        <translation>Zeigt wieder alles (Pos1)</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Shows less, larger (+ or the wheel)</source>
        <translation>Zeigt weniger, größer (+ oder das Rad)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Shows more, smaller (- or the wheel)</source>
        <translation>Zeigt mehr, kleiner (- oder das Rad)</translation>
    </message>
    <message>
        <source>Logarithmic &amp;horizontal axis</source>
        <translation>&amp;Waagrechte Achse logarithmisch</translation>
    </message>
    <message>
        <source>Logarithmic &amp;vertical axis</source>
        <translation>&amp;Senkrechte Achse logarithmisch</translation>
    </message>
    <message>
        <source>Switches the horizontal axis between logarithmic and linear (L over the axis)</source>
        <translation>Schaltet die waagrechte Achse zwischen logarithmisch und linear um (L über der Achse)</translation>
    </message>
    <message>
        <source>Switches the vertical axis between logarithmic and linear (L)</source>
        <translation>Schaltet die senkrechte Achse zwischen logarithmisch und linear um (L)</translation>
    </message>
    <message>
        <source>Reset view</source>
        <translation>Ansicht zurücksetzen</translation>
    </message>
    <message>
        <source>Chart menu</source>
        <translation>Diagrammmenü</translation>
    </message>
    <message>
        <source>What this chart can do: zoom, axes, colors, table, copy, export (context-menu key)</source>
        <translation>Was dieses Diagramm kann: Zoom, Achsen, Farben, Tabelle, Kopieren, Export (Menütaste)</translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation>&amp;Zeigen</translation>
    </message>
    <message>
        <source>Show &amp;all</source>
        <translation>&amp;Alle zeigen</translation>
    </message>
    <message>
        <source>&amp;Color map</source>
        <translation>&amp;Farbskala</translation>
    </message>
    <message>
        <source>Click shows or hides; double click shows this alone</source>
        <translation>Klick zeigt oder verbirgt; Doppelklick zeigt nur dies</translation>
    </message>
    <message>
        <source>Arrows pan, + and - zoom, B begins a box to zoom to, Home resets (Shift+Home and Ctrl+Home one axis), L switches logarithmic; Ctrl+arrows move the crosshair, Enter selects under it; Tab walks through the legend, Space toggles an entry; the context-menu key opens the menu; Ctrl+Shift+T shows a table.</source>
        <translation>Pfeile verschieben, + und - zoomen, B beginnt ein Feld zum Hineinzoomen, Pos1 setzt zurück (Umschalt+Pos1 und Strg+Pos1 eine Achse), L schaltet logarithmisch um; Strg+Pfeile bewegen das Fadenkreuz, die Eingabetaste wählt darunter; Tab geht durch die Legende, die Leertaste schaltet einen Eintrag; die Kontextmenütaste öffnet das Menü; Strg+Umschalt+T zeigt eine Tabelle.</translation>
    </message>
    <message>
        <source>Reset horizontal a&amp;xis</source>
        <translation>&amp;Waagrechte Achse zurücksetzen</translation>
    </message>
    <message>
        <source>Shows all of the horizontal axis again (Shift+Home, or double click on the axis)</source>
        <translation>Zeigt die ganze waagrechte Achse (Umschalt+Pos1 oder Doppelklick auf die Achse)</translation>
    </message>
    <message>
        <source>Reset vertical ax&amp;is</source>
        <translation>Senkrechte Ach&amp;se zurücksetzen</translation>
    </message>
    <message>
        <source>Shows all of the vertical axis again (Ctrl+Home, or double click on the axis)</source>
        <translation>Zeigt die ganze senkrechte Achse (Strg+Pos1 oder Doppelklick auf die Achse)</translation>
    </message>
    <message>
        <source>Zoom to a &amp;box</source>
        <translation>In ein &amp;Feld zoomen</translation>
    </message>
    <message>
        <source>Draws a box with the mouse, or with the arrows and Enter, and shows what is in it (B)</source>
        <translation>Zieht ein Feld mit der Maus oder mit Pfeilen und Eingabetaste auf und zeigt, was darin ist (B)</translation>
    </message>
    <message>
        <source>&amp;Select in a box</source>
        <translation>In einem F&amp;eld auswählen</translation>
    </message>
    <message>
        <source>Draws a box with the mouse, or with the arrows and Enter, and selects what is in it (Shift+B)</source>
        <translation>Zieht ein Feld mit der Maus oder mit Pfeilen und Eingabetaste auf und wählt, was darin ist (Umschalt+B)</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ChartSurface</name>
    <message>
        <source>Show as &amp;table</source>
        <translation>Als &amp;Tabelle zeigen</translation>
    </message>
    <message>
        <source>Shows the numbers of the chart in a table that can be sorted, filtered and copied (Ctrl+Shift+T)</source>
        <translation>Zeigt die Zahlen des Diagramms als Tabelle zum Sortieren, Filtern und Kopieren (Strg+Umschalt+T)</translation>
    </message>
    <message>
        <source>Copy data (CSV)</source>
        <translation>Daten kopieren (CSV)</translation>
    </message>
    <message>
        <source>Copies the numbers of the chart with every digit (Ctrl+C)</source>
        <translation>Kopiert die Zahlen des Diagramms mit jeder Stelle (Strg+C)</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Bild kopieren</translation>
    </message>
    <message>
        <source>Copies the chart with its caption as a picture (Ctrl+Shift+C)</source>
        <translation>Kopiert das Diagramm mit seiner Beschriftung als Bild (Strg+Umschalt+C)</translation>
    </message>
    <message>
        <source>Export picture…</source>
        <translation>Bild exportieren…</translation>
    </message>
    <message>
        <source>Writes the chart with its caption as SVG, PDF or PNG</source>
        <translation>Schreibt das Diagramm mit seiner Beschriftung als SVG, PDF oder PNG</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ChartTable</name>
    <message>
        <source>Show &amp;chart</source>
        <translation>&amp;Diagramm zeigen</translation>
    </message>
    <message>
        <source>Shows the chart again (Esc)</source>
        <translation>Zeigt wieder das Diagramm (Esc)</translation>
    </message>
    <message>
        <source>There is nothing to show.</source>
        <translation>Es gibt nichts zu zeigen.</translation>
    </message>
    <message>
        <source>%1 as a table</source>
        <translation>%1 als Tabelle</translation>
    </message>
</context>
<context>
    <name>bitwright::views::CheckList</name>
    <message>
        <source>Checks before the export</source>
        <translation>Prüfungen vor dem Export</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Show fewer</source>
        <translation>Weniger zeigen</translation>
    </message>
    <message numerus="yes">
        <source>Show all %n</source>
        <translation>
            <numerusform>%n zeigen</numerusform>
            <numerusform>Alle %n zeigen</numerusform>
        </translation>
    </message>
    <message>
        <source>Names everything that this check found</source>
        <translation>Nennt alles, was diese Prüfung gefunden hat</translation>
    </message>
</context>
<context>
    <name>bitwright::views::DataTable</name>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Shows the rows that contain this text in any column</source>
        <translation>Zeigt die Zeilen, die diesen Text in irgendeiner Spalte enthalten</translation>
    </message>
    <message>
        <source>Copies the rows shown, with every digit; Ctrl+C copies the selected ones</source>
        <translation>Kopiert die gezeigten Zeilen mit jeder Stelle; Strg+C kopiert die ausgewählten</translation>
    </message>
    <message>
        <source>Filter: %1</source>
        <translation>Filter: %1</translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation>%1 Zeilen</translation>
    </message>
    <message>
        <source>%1 of %2 rows</source>
        <translation>%1 von %2 Zeilen</translation>
    </message>
    <message>
        <source>Copy as CS&amp;V</source>
        <translation>Als CS&amp;V kopieren</translation>
    </message>
    <message>
        <source>no room for: %1</source>
        <translation>kein Platz für: %1</translation>
    </message>
</context>
<context>
    <name>bitwright::views::DifferencePanel</name>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>Use &amp;A for the selection</source>
        <translation>&amp;A für die Auswahl nehmen</translation>
    </message>
    <message>
        <source>Use &amp;B for the selection</source>
        <translation>&amp;B für die Auswahl nehmen</translation>
    </message>
    <message>
        <source>What is compared</source>
        <translation>Was verglichen wird</translation>
    </message>
    <message>
        <source>Plan A</source>
        <translation>Plan A</translation>
    </message>
    <message>
        <source>Plan B</source>
        <translation>Plan B</translation>
    </message>
    <message>
        <source>The plan that is compared from</source>
        <translation>Der Plan, von dem aus verglichen wird</translation>
    </message>
    <message>
        <source>The plan that is compared with; deltas are B minus A</source>
        <translation>Der Plan, mit dem verglichen wird; Unterschiede sind B minus A</translation>
    </message>
    <message>
        <source>The current plan takes the options of A for the selected units; one undo step</source>
        <translation>Der aktuelle Plan übernimmt für die gewählten Einheiten die Optionen von A; ein Schritt zum Rückgängigmachen</translation>
    </message>
    <message>
        <source>The current plan takes the options of B for the selected units; one undo step</source>
        <translation>Der aktuelle Plan übernimmt für die gewählten Einheiten die Optionen von B; ein Schritt zum Rückgängigmachen</translation>
    </message>
    <message>
        <source>A</source>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <translation>B</translation>
    </message>
    <message>
        <source>Units that differ</source>
        <translation>Abweichende Einheiten</translation>
    </message>
    <message>
        <source>Two plans</source>
        <translation>Zwei Pläne</translation>
    </message>
    <message>
        <source>Two models</source>
        <translation>Zwei Modelle</translation>
    </message>
    <message>
        <source>Use plan &amp;A for the selection</source>
        <translation>Plan &amp;A für die Auswahl nehmen</translation>
    </message>
    <message>
        <source>Use plan &amp;B for the selection</source>
        <translation>Plan &amp;B für die Auswahl nehmen</translation>
    </message>
    <message>
        <source>Compare with the best &amp;plan of this size</source>
        <translation>Mit dem besten &amp;Plan dieser Größe vergleichen</translation>
    </message>
    <message>
        <source>Current plan against the best that the frontier knows at its size</source>
        <translation>Aktueller Plan gegen das Beste, was die Pareto-Front bei seiner Größe kennt</translation>
    </message>
    <message>
        <source>Compare with another &amp;model…</source>
        <translation>Mit anderem &amp;Modell vergleichen…</translation>
    </message>
    <message>
        <source>Opens a second checkpoint and compares tensor by tensor</source>
        <translation>Öffnet einen zweiten Checkpoint und vergleicht Tensor für Tensor</translation>
    </message>
    <message>
        <source>current plan</source>
        <translation>aktueller Plan</translation>
    </message>
    <message>
        <source>best of this size</source>
        <translation>Bestes dieser Größe</translation>
    </message>
    <message>
        <source>solver&apos;s choice at the budget</source>
        <translation>Wahl des Lösers beim Budget</translation>
    </message>
    <message>
        <source>plan %1</source>
        <translation>Plan %1</translation>
    </message>
    <message>
        <source>uniform %1</source>
        <translation>einheitlich %1</translation>
    </message>
    <message>
        <source>One of the two is not known yet: the frontier is being computed, or the plan names options that are not offered here.</source>
        <translation>Eines von beiden ist noch unbekannt: die Pareto-Front wird berechnet, oder der Plan nennt Optionen, die es hier nicht gibt.</translation>
    </message>
    <message>
        <source>%1 bpw, %2, harm %3</source>
        <translation>%1 bpw, %2, Schaden %3</translation>
    </message>
    <message>
        <source>A: %1 · B: %2</source>
        <translation>A: %1 · B: %2</translation>
    </message>
    <message>
        <source>
The plans are the same.</source>
        <translation>
Die Pläne sind gleich.</translation>
    </message>
    <message>
        <source>
%1 of %2 units differ</source>
        <translation>
%1 von %2 Einheiten weichen ab</translation>
    </message>
    <message>
        <source> · unknown for %1 of them</source>
        <translation> · unbekannt für %1 davon</translation>
    </message>
    <message>
        <source>Where two plans differ, by block and role.
%1</source>
        <translation>Wo zwei Pläne voneinander abweichen, nach Block und Rolle.
%1</translation>
    </message>
    <message>
        <source>There are no two plans to compare yet.</source>
        <translation>Es gibt noch keine zwei Pläne zum Vergleichen.</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>A %1, B %2</source>
        <translation>A %1, B %2</translation>
    </message>
    <message>
        <source>B (%1) against A (%2)</source>
        <translation>B (%1) gegen A (%2)</translation>
    </message>
    <message>
        <source>Take options of %1</source>
        <translation>Optionen von %1 übernehmen</translation>
    </message>
    <message>
        <source>Where the plans differ</source>
        <translation>Wo die Pläne abweichen</translation>
    </message>
    <message>
        <source>no difference in harm</source>
        <translation>kein Unterschied im Schaden</translation>
    </message>
    <message>
        <source>4→8: bits of A, of B</source>
        <translation>4→8: Bits von A, von B</translation>
    </message>
    <message>
        <source>=: same option</source>
        <translation>=: gleiche Option</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Filter of the units that differ</source>
        <translation>Filter der abweichenden Einheiten</translation>
    </message>
    <message>
        <source>Shows the units in which every word occurs</source>
        <translation>Zeigt die Einheiten, in denen jedes Wort vorkommt</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>Als CSV kopieren</translation>
    </message>
    <message>
        <source>Copies the shown rows with full precision</source>
        <translation>Kopiert die gezeigten Zeilen mit voller Genauigkeit</translation>
    </message>
    <message>
        <source>&amp;Copy the difference as CSV</source>
        <translation>Unterschied als CSV &amp;kopieren</translation>
    </message>
    <message>
        <source>± %1: harm B − A (cube root scale)</source>
        <translation>± %1: Schaden B − A (Kubikwurzel-Skala)</translation>
    </message>
    <message>
        <source> · size %1 · %2</source>
        <translation> · Größe %1 · %2</translation>
    </message>
    <message>
        <source>harm not told apart on the same tokens, at 95 %</source>
        <translation>Schaden auf denselben Token nicht unterscheidbar (95 %)</translation>
    </message>
    <message>
        <source>no color: not told apart, 95 %</source>
        <translation>ohne Farbe: nicht unterscheidbar, 95 %</translation>
    </message>
    <message>
        <source>→: bits per weight of A, of B</source>
        <translation>→: Bits je Gewicht von A, von B</translation>
    </message>
    <message>
        <source>↓ ↑: fewer, more bits in B</source>
        <translation>↓ ↑: weniger, mehr Bits in B</translation>
    </message>
    <message>
        <source>≠: another option, the same whole bits</source>
        <translation>≠: andere Option, gleich viele ganze Bits</translation>
    </message>
</context>
<context>
    <name>bitwright::views::DifferenceTable</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Option A</source>
        <translation>Option A</translation>
    </message>
    <message>
        <source>Option B</source>
        <translation>Option B</translation>
    </message>
    <message>
        <source>Δ size</source>
        <translation>Δ Größe</translation>
    </message>
    <message>
        <source>B minus A</source>
        <translation>B minus A</translation>
    </message>
    <message>
        <source>B minus A; %1</source>
        <translation>B minus A; %1</translation>
    </message>
    <message>
        <source>Δ harm</source>
        <translation>Δ Schaden</translation>
    </message>
    <message>
        <source>of the sum of all changes of harm, whatever their sign</source>
        <translation>an der Summe aller Änderungen des Schadens ohne Vorzeichen</translation>
    </message>
    <message>
        <source>Share of Σ|Δ|</source>
        <translation>Anteil an Σ|Δ|</translation>
    </message>
</context>
<context>
    <name>bitwright::views::Document</name>
    <message>
        <source>Open %1</source>
        <translation>%1 öffnen</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Projekt speichern</translation>
    </message>
    <message>
        <source>Project saved as %1.</source>
        <translation>Projekt als %1 gespeichert.</translation>
    </message>
    <message>
        <source>Read what is known</source>
        <translation>Bekanntes lesen</translation>
    </message>
    <message>
        <source>Scan weights</source>
        <translation>Gewichte scannen</translation>
    </message>
    <message>
        <source>Outlier criteria</source>
        <translation>Outlier-Kriterien</translation>
    </message>
    <message>
        <source>Outlier map</source>
        <translation>Outlier-Karte</translation>
    </message>
    <message>
        <source>Score options</source>
        <translation>Optionen bewerten</translation>
    </message>
    <message>
        <source>Frontier</source>
        <translation>Pareto-Front</translation>
    </message>
    <message numerus="yes">
        <source>%n locked unit(s) kept their option; unlock with K first.</source>
        <translation>
            <numerusform>%n gesperrte Einheit behielt ihre Option; erst mit K entsperren.</numerusform>
            <numerusform>%n gesperrte Einheiten behielten ihre Option; erst mit K entsperren.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) cannot be stored as %1 and kept their option.</source>
        <translation>
            <numerusform>%n Einheit kann nicht als %1 gespeichert werden und behielt ihre Option.</numerusform>
            <numerusform>%n Einheiten können nicht als %1 gespeichert werden und behielten ihre Option.</numerusform>
        </translation>
    </message>
    <message>
        <source>Set %1</source>
        <translation>%1 setzen</translation>
    </message>
    <message>
        <source>%1 offers no %2-bit option.</source>
        <translation>%1 bietet keine Option mit %2 Bit.</translation>
    </message>
    <message>
        <source>Restore the solver&apos;s choice</source>
        <translation>Wahl des Lösers wiederherstellen</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>%1 ties nothing together.</source>
        <translation>%1 koppelt nichts.</translation>
    </message>
    <message>
        <source>Uniform %1</source>
        <translation>Einheitlich %1</translation>
    </message>
    <message>
        <source>Improve within locks</source>
        <translation>Innerhalb der Sperren verbessern</translation>
    </message>
    <message>
        <source>Budget %1</source>
        <translation>Budget %1</translation>
    </message>
    <message>
        <source>Budget %1 bpw</source>
        <translation>Budget %1 bpw</translation>
    </message>
    <message>
        <source>Move along the frontier</source>
        <translation>Entlang der Pareto-Front bewegen</translation>
    </message>
    <message>
        <source>Rename plan</source>
        <translation>Plan umbenennen</translation>
    </message>
    <message>
        <source>Load plan %1</source>
        <translation>Plan %1 laden</translation>
    </message>
    <message>
        <source>Solver&apos;s choice</source>
        <translation>Wahl des Lösers</translation>
    </message>
    <message>
        <source>Frontier of %1</source>
        <translation>Pareto-Front von %1</translation>
    </message>
    <message>
        <source>Write a note</source>
        <translation>Notiz schreiben</translation>
    </message>
    <message>
        <source>Remove a note</source>
        <translation>Notiz entfernen</translation>
    </message>
    <message>
        <source>Change a note</source>
        <translation>Notiz ändern</translation>
    </message>
    <message>
        <source>Restore the plan of the last run</source>
        <translation>Plan des letzten Laufs wiederherstellen</translation>
    </message>
    <message>
        <source>Plan %1 was made for another quantizer; its number formats were taken.</source>
        <translation>Der Plan %1 wurde für einen anderen Quantisierer gemacht; seine Zahlenformate wurden übernommen.</translation>
    </message>
    <message>
        <source>Target %1</source>
        <translation>Ziel %1</translation>
    </message>
    <message>
        <source>Quantizer %1</source>
        <translation>Quantisierer %1</translation>
    </message>
    <message>
        <source>Score %1</source>
        <translation>Score %1</translation>
    </message>
    <message>
        <source>Default score</source>
        <translation>Standard-Score</translation>
    </message>
    <message>
        <source>Settings of the plan</source>
        <translation>Einstellungen des Plans</translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) that were chosen by hand or locked have no such option here and were solved anew within the budget. Undo brings them back.</source>
        <translation>
            <numerusform>%n Einheit, die von Hand gewählt oder gesperrt war, hat hier keine solche Option und wurde im Budget neu gelöst. Rückgängig bringt sie zurück.</numerusform>
            <numerusform>%n Einheiten, die von Hand gewählt oder gesperrt waren, haben hier keine solche Option und wurden im Budget neu gelöst. Rückgängig bringt sie zurück.</numerusform>
        </translation>
    </message>
    <message>
        <source>Tie the whole plan</source>
        <translation>Den ganzen Plan koppeln</translation>
    </message>
    <message>
        <source>Untie the whole plan</source>
        <translation>Den ganzen Plan entkoppeln</translation>
    </message>
    <message>
        <source>Fused tensors are tied, in the whole plan: each group takes one option.</source>
        <translation>Verschmolzene Tensoren sind gekoppelt, im ganzen Plan: jede Gruppe nimmt eine Option.</translation>
    </message>
    <message>
        <source>Untied, in the whole plan: engines that fuse q/k/v or gate/up may refuse mixed widths inside a group.</source>
        <translation>Entkoppelt, im ganzen Plan: Engines, die q/k/v oder gate/up verschmelzen, lehnen verschiedene Breiten in einer Gruppe womöglich ab.</translation>
    </message>
    <message>
        <source>The plan was solved anew with the scores that the dump allows (%1).</source>
        <translation>Der Plan wurde mit den Scores, die der Dump erlaubt, neu gelöst (%1).</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ExplainPanel</name>
    <message>
        <source>Activation maxima</source>
        <translation>Aktivierungsmaxima</translation>
    </message>
    <message>
        <source>Outlier channels</source>
        <translation>Outlier-Kanäle</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Spectrum</source>
        <translation>Spektrum</translation>
    </message>
    <message>
        <source>Block × role</source>
        <translation>Block × Rolle</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Allocation</source>
        <translation>Zuteilung</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>Erklären</translation>
    </message>
    <message>
        <source>Search the glossary</source>
        <translation>Glossar durchsuchen</translation>
    </message>
    <message>
        <source>Terms</source>
        <translation>Begriffe</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>Erklärung</translation>
    </message>
    <message>
        <source>%1 NaN, %2 Inf</source>
        <translation>%1 NaN, %2 Inf</translation>
    </message>
    <message>
        <source>The weights of %1 (measured): &lt;b&gt;%2&lt;/b&gt;</source>
        <translation>Die Gewichte von %1 (gemessen): &lt;b&gt;%2&lt;/b&gt;</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 zeigen</translation>
    </message>
    <message>
        <source>Go to the view that shows it</source>
        <translation>Zur Ansicht gehen, die es zeigt</translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation>Quelle: %1</translation>
    </message>
    <message>
        <source>Read on</source>
        <translation>Weiterlesen</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ExportChecks</name>
    <message>
        <source>Tie fused tensors</source>
        <translation>Verschmolzene Tensoren koppeln</translation>
    </message>
    <message>
        <source>Leave unquantized</source>
        <translation>Nicht quantisieren</translation>
    </message>
    <message>
        <source>Refuse again</source>
        <translation>Wieder ablehnen</translation>
    </message>
    <message>
        <source>Scan now</source>
        <translation>Jetzt scannen</translation>
    </message>
    <message>
        <source>Open a dump…</source>
        <translation>Dump öffnen…</translation>
    </message>
    <message>
        <source>Plan without GPTQ</source>
        <translation>Ohne GPTQ planen</translation>
    </message>
    <message>
        <source>Other folder…</source>
        <translation>Anderer Ordner…</translation>
    </message>
    <message>
        <source>Use a free name</source>
        <translation>Freien Namen nehmen</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Do not replace</source>
        <translation>Nicht ersetzen</translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Select the named units in every view</source>
        <translation>Die genannten Einheiten in jeder Ansicht auswählen</translation>
    </message>
    <message>
        <source>Give tensors that engines fuse one option, as one step that can be undone</source>
        <translation>Tensoren, die Engines verschmelzen, eine Option geben, als ein Schritt zum Rückgängigmachen</translation>
    </message>
    <message>
        <source>Copy tensors with NaN or Inf byte for byte in this export</source>
        <translation>Tensoren mit NaN oder Inf bei diesem Export Byte für Byte kopieren</translation>
    </message>
    <message>
        <source>Export nothing while a tensor holds NaN or Inf</source>
        <translation>Nichts exportieren, solange ein Tensor NaN oder Inf enthält</translation>
    </message>
    <message>
        <source>Measure all weights of the model</source>
        <translation>Alle Gewichte des Modells messen</translation>
    </message>
    <message>
        <source>Open activations of this model</source>
        <translation>Aktivierungen dieses Modells öffnen</translation>
    </message>
    <message>
        <source>Round to nearest instead, which needs no activations</source>
        <translation>Stattdessen zum Nächsten runden, wofür keine Aktivierungen nötig sind</translation>
    </message>
    <message>
        <source>Choose where the export goes</source>
        <translation>Wählen, wohin der Export geht</translation>
    </message>
    <message>
        <source>Write beside what exists, under a name that nothing has</source>
        <translation>Neben das Vorhandene schreiben, unter einem freien Namen</translation>
    </message>
    <message>
        <source>The earlier export is removed once the new one is complete and proven</source>
        <translation>Der frühere Export wird entfernt, sobald der neue vollständig und geprüft ist</translation>
    </message>
    <message>
        <source>Keep the earlier export</source>
        <translation>Den früheren Export behalten</translation>
    </message>
    <message>
        <source>Remove the unfinished export from the disk</source>
        <translation>Den unfertigen Export von der Platte entfernen</translation>
    </message>
    <message>
        <source>in order</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>It fits the model: %1 of %2 units are quantized.</source>
        <translation>Er passt zum Modell: %1 von %2 Einheiten werden quantisiert.</translation>
    </message>
    <message>
        <source>It does not fit the model.</source>
        <translation>Er passt nicht zum Modell.</translation>
    </message>
    <message>
        <source>Target rules</source>
        <translation>Regeln des Ziels</translation>
    </message>
    <message numerus="yes">
        <source>%1 cannot store %n unit(s) as planned.</source>
        <translation>
            <numerusform>%1 kann %n Einheit nicht wie geplant speichern.</numerusform>
            <numerusform>%1 kann %n Einheiten nicht wie geplant speichern.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 cannot store this model.</source>
        <translation>%1 kann dieses Modell nicht speichern.</translation>
    </message>
    <message>
        <source>Fused tensors</source>
        <translation>Verschmolzene Tensoren</translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) differ from those that engines fuse them with.</source>
        <translation>
            <numerusform>%n Einheit weicht von denen ab, mit denen Engines sie verschmelzen.</numerusform>
            <numerusform>%n Einheiten weichen von denen ab, mit denen Engines sie verschmelzen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Fallbacks</source>
        <translation>Fallbacks</translation>
    </message>
    <message>
        <source>None: every shape allows what the plan asks for.</source>
        <translation>Keine: jede Form erlaubt, was der Plan verlangt.</translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) are stored in another way than asked for. Sizes and scores count that already.</source>
        <translation>
            <numerusform>%n Einheit wird anders gespeichert als verlangt. Größen und Scores zählen das bereits.</numerusform>
            <numerusform>%n Einheiten werden anders gespeichert als verlangt. Größen und Scores zählen das bereits.</numerusform>
        </translation>
    </message>
    <message>
        <source>NaN and Inf</source>
        <translation>NaN und Inf</translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) hold NaN or Inf and are copied as they are.</source>
        <translation>
            <numerusform>%n Einheit enthält NaN oder Inf und wird unverändert kopiert.</numerusform>
            <numerusform>%n Einheiten enthalten NaN oder Inf und werden unverändert kopiert.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) hold NaN or Inf: decide what becomes of them.</source>
        <translation>
            <numerusform>%n Einheit enthält NaN oder Inf: entscheiden, was mit ihr geschieht.</numerusform>
            <numerusform>%n Einheiten enthalten NaN oder Inf: entscheiden, was mit ihnen geschieht.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 tensors are scanned. The export looks at the others before it writes anything.</source>
        <translation>%1 von %2 Tensoren sind gescannt. Die übrigen untersucht der Export, bevor er etwas schreibt.</translation>
    </message>
    <message numerus="yes">
        <source>None in %n tensor(s).</source>
        <translation>
            <numerusform>Keine in %n Tensor.</numerusform>
            <numerusform>Keine in %n Tensoren.</numerusform>
        </translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message numerus="yes">
        <source>GPTQ needs the Gram of the inputs, which the dump lacks for %n unit(s).</source>
        <translation>
            <numerusform>GPTQ braucht die Gram-Matrix der Eingänge, die dem Dump für %n Einheit fehlt.</numerusform>
            <numerusform>GPTQ braucht die Gram-Matrix der Eingänge, die dem Dump für %n Einheiten fehlt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>GPTQ needs the Gram of the inputs for %n unit(s), and no dump is open.</source>
        <translation>
            <numerusform>GPTQ braucht für %n Einheit die Gram-Matrix der Eingänge, und kein Dump ist geöffnet.</numerusform>
            <numerusform>GPTQ braucht für %n Einheiten die Gram-Matrix der Eingänge, und kein Dump ist geöffnet.</numerusform>
        </translation>
    </message>
    <message>
        <source>The dump holds the Gram of every unit that GPTQ quantizes.</source>
        <translation>Der Dump enthält die Gram-Matrix jeder Einheit, die GPTQ quantisiert.</translation>
    </message>
    <message>
        <source>The chosen quantizers need none. With the dump, output errors are measured.</source>
        <translation>Die gewählten Quantisierer brauchen keine. Mit dem Dump wird der Fehler der Ausgabe gemessen.</translation>
    </message>
    <message>
        <source>The chosen quantizers need none. Without a dump, output errors stay unknown.</source>
        <translation>Die gewählten Quantisierer brauchen keine. Ohne Dump bleibt der Fehler der Ausgabe unbekannt.</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>An earlier export is there.</source>
        <translation>Dort liegt ein früherer Export.</translation>
    </message>
    <message>
        <source>It cannot be used.</source>
        <translation>Er kann nicht verwendet werden.</translation>
    </message>
    <message>
        <source>The earlier export there is replaced once the new one is complete and proven.</source>
        <translation>Der frühere Export dort wird ersetzt, sobald der neue vollständig und geprüft ist.</translation>
    </message>
    <message>
        <source>New. It appears when everything is written and proven.</source>
        <translation>Neu. Er erscheint, wenn alles geschrieben und geprüft ist.</translation>
    </message>
    <message>
        <source>An interrupted export is resumed: %1 of %2 units are finished.</source>
        <translation>Ein unterbrochener Export wird fortgesetzt: %1 von %2 Einheiten sind fertig.</translation>
    </message>
    <message>
        <source>An interrupted export of another plan is there; it is overwritten.</source>
        <translation>Dort liegt ein unterbrochener Export eines anderen Plans; er wird überschrieben.</translation>
    </message>
    <message>
        <source>Disk space</source>
        <translation>Plattenplatz</translation>
    </message>
    <message>
        <source>Not known while the files cannot be laid out.</source>
        <translation>Nicht bekannt, solange die Dateien nicht angelegt werden können.</translation>
    </message>
    <message>
        <source>%1 are needed; how much is free cannot be found out.</source>
        <translation>%1 werden gebraucht; wie viel frei ist, lässt sich nicht feststellen.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Nothing is left to quantize; copying and proving take as long as reading the files.</source>
        <translation>Nichts ist mehr zu quantisieren; Kopieren und Prüfen dauern so lange wie das Lesen der Dateien.</translation>
    </message>
    <message>
        <source>Not known before the first export with this quantizer.</source>
        <translation>Vor dem ersten Export mit diesem Quantisierer nicht bekannt.</translation>
    </message>
    <message>
        <source>Less than a second.</source>
        <translation>Weniger als eine Sekunde.</translation>
    </message>
    <message>
        <source>About %1, as fast as the last export of this model.</source>
        <translation>Etwa %1, so schnell wie der letzte Export dieses Modells.</translation>
    </message>
    <message>
        <source>%1 can store every unit as planned.</source>
        <translation>%1 kann jede Einheit wie geplant speichern.</translation>
    </message>
    <message>
        <source>Readers: %1</source>
        <translation>Lesende Programme: %1</translation>
    </message>
    <message>
        <source>No unit differs from those that it must agree with (q/k/v, gate/up, experts).</source>
        <translation>Keine Einheit weicht von denen ab, mit denen sie übereinstimmen muss (q/k/v, gate/up, Experten).</translation>
    </message>
    <message>
        <source>%1 are needed, %2 are free.</source>
        <translation>%1 werden gebraucht, %2 sind frei.</translation>
    </message>
    <message>
        <source>Quantizing takes less than a second, from a short trial on this machine; copying, writing and proving the file come on top.</source>
        <translation>Das Quantisieren dauert weniger als eine Sekunde, nach einer kurzen Probe auf diesem Rechner; Kopieren, Schreiben und Prüfen der Datei kommen hinzu.</translation>
    </message>
    <message>
        <source>Quantizing takes about %1, from a short trial on this machine; copying, writing and proving the file come on top.</source>
        <translation>Das Quantisieren dauert etwa %1, nach einer kurzen Probe auf diesem Rechner; Kopieren, Schreiben und Prüfen der Datei kommen hinzu.</translation>
    </message>
    <message>
        <source>Select the units</source>
        <translation>Einheiten auswählen</translation>
    </message>
    <message>
        <source>Select %1</source>
        <translation>%1 auswählen</translation>
    </message>
    <message>
        <source>Select the unit</source>
        <translation>Einheit auswählen</translation>
    </message>
    <message>
        <source>Weights with their file headers %1, copied files %2, room for plan, report and journal %3.</source>
        <translation>Gewichte mit den Dateiköpfen %1, kopierte Dateien %2, Platz für Plan, Bericht und Journal %3.</translation>
    </message>
    <message>
        <source>%1 of them are on the disk already.</source>
        <translation>%1 davon sind schon auf der Platte.</translation>
    </message>
    <message>
        <source>Harm</source>
        <translation>Schaden</translation>
    </message>
    <message>
        <source>Unknown: some options of this plan have no score.</source>
        <translation>Unbekannt: Einige Optionen dieses Plans haben keinen Score.</translation>
    </message>
    <message>
        <source>Of the whole plan: %1. Only a run of the whole plan tells (Measured harm).</source>
        <translation>Des ganzen Plans: %1. Gewissheit gibt nur ein Lauf des ganzen Plans (Gemessener Schaden).</translation>
    </message>
    <message>
        <source> Of the %2 to be written, %1 (%3 %) belong to no plan and stay as they are; the largest is %4.</source>
        <translation> %1 (%3 %) der %2, die geschrieben werden, gehören zu keinem Plan und bleiben, wie sie sind; am größten ist %4.</translation>
    </message>
    <message>
        <source>Of the whole plan: %1.</source>
        <translation>Des ganzen Plans: %1.</translation>
    </message>
    <message>
        <source>Of the whole plan: %1; %2.</source>
        <translation>Des ganzen Plans: %1; %2.</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ExportPanel</name>
    <message>
        <source>Cannot be exported</source>
        <translation>Kann nicht exportiert werden</translation>
    </message>
    <message>
        <source>%1 as %2: %3 of weights, %4 bpw planned, %5 bpw file.</source>
        <translation>%1 als %2: %3 Gewichte, %4 bpw geplant, %5 bpw Datei.</translation>
    </message>
    <message numerus="yes">
        <source>Cannot be exported yet: %n problem(s)</source>
        <translation>
            <numerusform>Noch nicht exportierbar: %n Problem</numerusform>
            <numerusform>Noch nicht exportierbar: %n Probleme</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ready, with %n warning(s)</source>
        <translation>
            <numerusform>Bereit, mit %n Warnung</numerusform>
            <numerusform>Bereit, mit %n Warnungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Ready to export</source>
        <translation>Bereit zum Export</translation>
    </message>
    <message>
        <source>Discard the unfinished export</source>
        <translation>Den unfertigen Export verwerfen</translation>
    </message>
    <message>
        <source>Not discarded</source>
        <translation>Nicht verworfen</translation>
    </message>
    <message>
        <source>Tie fused tensors</source>
        <translation>Verschmolzene Tensoren koppeln</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>&amp;Wählen…</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>E&amp;xportieren</translation>
    </message>
    <message>
        <source>&amp;Verify what is there</source>
        <translation>Vorhandenes &amp;prüfen</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>&amp;Folder</source>
        <translation>&amp;Ordner</translation>
    </message>
    <message>
        <source>Target of the export</source>
        <translation>Ziel des Exports</translation>
    </message>
    <message>
        <source>What the files are made for; changing it plans anew</source>
        <translation>Wofür die Dateien gemacht werden; eine Änderung plant neu</translation>
    </message>
    <message>
        <source>Export folder</source>
        <translation>Ordner des Exports</translation>
    </message>
    <message>
        <source>The folder that appears when the export is complete and proven</source>
        <translation>Der Ordner, der erscheint, wenn der Export vollständig und geprüft ist</translation>
    </message>
    <message>
        <source>Choose the folder beside which nothing else is touched</source>
        <translation>Den Ordner wählen; daneben wird nichts angerührt</translation>
    </message>
    <message>
        <source>Quantize, write, read back and prove (Ctrl+Return)</source>
        <translation>Quantisieren, schreiben, zurücklesen und prüfen (Strg+Enter)</translation>
    </message>
    <message>
        <source>Stop; finished units are kept beside the folder and resumed (Esc)</source>
        <translation>Anhalten; fertige Einheiten werden neben dem Ordner aufgehoben und fortgesetzt (Esc)</translation>
    </message>
    <message>
        <source>Read the export in this folder back and compare it with the open model</source>
        <translation>Den Export in diesem Ordner zurücklesen und mit dem offenen Modell vergleichen</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Proof</source>
        <translation>Nachweis</translation>
    </message>
    <message>
        <source>Checks and proof</source>
        <translation>Prüfungen und Nachweis</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>E&amp;xport the plan</source>
        <translation>Den Plan e&amp;xportieren</translation>
    </message>
    <message>
        <source>Ca&amp;ncel the export</source>
        <translation>Den Export a&amp;bbrechen</translation>
    </message>
    <message>
        <source>&amp;Verify the export in the folder</source>
        <translation>Den Export im Ordner &amp;prüfen</translation>
    </message>
    <message>
        <source>&amp;Choose the export folder…</source>
        <translation>Ordner des Exports &amp;wählen…</translation>
    </message>
    <message>
        <source>Folder of the export</source>
        <translation>Ordner des Exports</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Verwenden</translation>
    </message>
    <message>
        <source>Exporting to %1</source>
        <translation>Export nach %1</translation>
    </message>
    <message>
        <source>Export %1</source>
        <translation>%1 exportieren</translation>
    </message>
    <message>
        <source>Verifying %1</source>
        <translation>%1 wird geprüft</translation>
    </message>
    <message>
        <source>Verify %1</source>
        <translation>%1 prüfen</translation>
    </message>
    <message>
        <source>Waiting for other work on the weights</source>
        <translation>Wartet auf andere Arbeit an den Gewichten</translation>
    </message>
    <message>
        <source>%1 M weights/s</source>
        <translation>%1 M Gewichte/s</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>estimating</source>
        <translation>wird geschätzt</translation>
    </message>
    <message>
        <source>Canceled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message numerus="yes">
        <source>Nothing was written to the folder. %n finished unit(s) are kept beside it; exporting again resumes.</source>
        <translation>
            <numerusform>Nichts wurde in den Ordner geschrieben. %n fertige Einheit ist daneben aufgehoben; ein neuer Export setzt fort.</numerusform>
            <numerusform>Nichts wurde in den Ordner geschrieben. %n fertige Einheiten sind daneben aufgehoben; ein neuer Export setzt fort.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Nothing was exported: %n unit(s) failed</source>
        <translation>
            <numerusform>Nichts wurde exportiert: %n Einheit ist fehlgeschlagen</numerusform>
            <numerusform>Nichts wurde exportiert: %n Einheiten sind fehlgeschlagen</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was exported</source>
        <translation>Nichts wurde exportiert</translation>
    </message>
    <message numerus="yes">
        <source>%n quantized unit(s) read back bit for bit as meant; </source>
        <translation>
            <numerusform>%n quantisierte Einheit kam Bit für Bit wie gemeint zurück; </numerusform>
            <numerusform>%n quantisierte Einheiten kamen Bit für Bit wie gemeint zurück; </numerusform>
        </translation>
    </message>
    <message>
        <source>%1 units and %2 other tensors equal the source byte for byte.</source>
        <translation>%1 Einheiten und %2 andere Tensoren gleichen der Quelle Byte für Byte.</translation>
    </message>
    <message>
        <source>%1 of weights, %2 bpw planned units, %3 bpw file; %4.</source>
        <translation>%1 Gewichte, %2 bpw geplante Einheiten, %3 bpw Datei; %4.</translation>
    </message>
    <message>
        <source>Values are stored as ordinary floats; packed, the plan takes %1 (%2 bpw).</source>
        <translation>Die Werte sind als gewöhnliche Gleitkommazahlen gespeichert; gepackt braucht der Plan %1 (%2 bpw).</translation>
    </message>
    <message>
        <source>Written as planned</source>
        <translation>Wie geplant geschrieben</translation>
    </message>
    <message>
        <source>Not written as planned</source>
        <translation>Nicht wie geplant geschrieben</translation>
    </message>
    <message>
        <source>Could not be verified</source>
        <translation>Konnte nicht geprüft werden</translation>
    </message>
    <message>
        <source>What is there is what was exported</source>
        <translation>Vorhanden ist, was exportiert wurde</translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s) compared with the source and the report of the export; </source>
        <translation>
            <numerusform>%n Einheit mit der Quelle und dem Bericht des Exports verglichen; </numerusform>
            <numerusform>%n Einheiten mit der Quelle und dem Bericht des Exports verglichen; </numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other tensor(s) equal the source byte for byte.</source>
        <translation>
            <numerusform>%n anderer Tensor gleicht der Quelle Byte für Byte.</numerusform>
            <numerusform>%n andere Tensoren gleichen der Quelle Byte für Byte.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The verification failed: %n problem(s)</source>
        <translation>
            <numerusform>Die Prüfung ist fehlgeschlagen: %n Problem</numerusform>
            <numerusform>Die Prüfung ist fehlgeschlagen: %n Probleme</numerusform>
        </translation>
    </message>
    <message>
        <source>Cance&amp;l</source>
        <translation>Abbre&amp;chen</translation>
    </message>
    <message>
        <source>Tar&amp;get</source>
        <translation>&amp;Ziel</translation>
    </message>
    <message>
        <source>The checks have not run yet.</source>
        <translation>Die Prüfungen liefen noch nicht.</translation>
    </message>
    <message>
        <source>Checking the export…</source>
        <translation>Der Export wird geprüft …</translation>
    </message>
    <message>
        <source>cosine distance %1</source>
        <translation>Kosinusabstand %1</translation>
    </message>
    <message>
        <source>%1 nats per token</source>
        <translation>%1 Nat je Token</translation>
    </message>
    <message>
        <source>measured: %1 (%2 to %3, 95 %) on %4 tokens</source>
        <translation>gemessen: %1 (%2 bis %3, 95 %) auf %4 Token</translation>
    </message>
    <message>
        <source>measured: %1 on %2 tokens</source>
        <translation>gemessen: %1 auf %2 Token</translation>
    </message>
</context>
<context>
    <name>bitwright::views::HarmPanel</name>
    <message>
        <source>Measured harm</source>
        <translation>Gemessener Schaden</translation>
    </message>
    <message>
        <source>from the &amp;end</source>
        <translation>vom &amp;Ende</translation>
    </message>
    <message>
        <source>&amp;Measure</source>
        <translation>&amp;Messen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Predicted against measured harm</source>
        <translation>Vorhergesagter gegen gemessenen Schaden</translation>
    </message>
    <message>
        <source>all options of the selected units</source>
        <translation>alle Optionen der gewählten Einheiten</translation>
    </message>
    <message>
        <source>all options of all units</source>
        <translation>alle Optionen aller Einheiten</translation>
    </message>
    <message>
        <source>What to measure</source>
        <translation>Was gemessen wird</translation>
    </message>
    <message>
        <source>What is run with other options and compared with the original</source>
        <translation>Was mit anderen Optionen läuft und mit dem Original verglichen wird</translation>
    </message>
    <message>
        <source>tokens of the dump</source>
        <translation>Token des Dumps</translation>
    </message>
    <message>
        <source>the bundled text</source>
        <translation>der mitgelieferte Text</translation>
    </message>
    <message>
        <source>a file…</source>
        <translation>eine Datei…</translation>
    </message>
    <message>
        <source>Text to measure on</source>
        <translation>Text zum Messen</translation>
    </message>
    <message>
        <source>Text (through the model&apos;s own tokenizer), or token ids as .npy</source>
        <translation>Text (durch den Tokenizer des Modells) oder Token-Nummern als .npy</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> Token</translation>
    </message>
    <message>
        <source>Tokens to run</source>
        <translation>Token, die laufen</translation>
    </message>
    <message>
        <source>More tokens make intervals narrower and take longer</source>
        <translation>Mehr Token machen Intervalle enger und dauern länger</translation>
    </message>
    <message>
        <source>Takes the last sequences of the text: others than those that units were measured on, so that a plan is judged on what did not choose it</source>
        <translation>Nimmt die letzten Folgen des Textes: andere als die, auf denen Einheiten gemessen wurden, damit ein Plan an dem beurteilt wird, was ihn nicht gewählt hat</translation>
    </message>
    <message>
        <source>Runs the model (Ctrl+Return)</source>
        <translation>Lässt das Modell laufen (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>Stops; what was measured until then is kept</source>
        <translation>Hält an; was bis dahin gemessen wurde, bleibt</translation>
    </message>
    <message>
        <source>Measure the &amp;plan</source>
        <translation>Den &amp;Plan messen</translation>
    </message>
    <message>
        <source>Runs the current plan and the uniform plan of its size, and says what they cost</source>
        <translation>Lässt den aktuellen Plan und den einheitlichen seiner Größe laufen und sagt, was sie kosten</translation>
    </message>
    <message>
        <source>Measure the &amp;selected units</source>
        <translation>Die &amp;gewählten Einheiten messen</translation>
    </message>
    <message>
        <source>Runs every option of the selected units</source>
        <translation>Lässt jede Option der gewählten Einheiten laufen</translation>
    </message>
    <message>
        <source>Measure &amp;all units</source>
        <translation>&amp;Alle Einheiten messen</translation>
    </message>
    <message>
        <source>Runs every option of every unit: the score &quot;measured&quot; is made from this</source>
        <translation>Lässt jede Option jeder Einheit laufen: daraus entsteht der Score „measured“</translation>
    </message>
    <message>
        <source>Measures what the page says (Ctrl+Return)</source>
        <translation>Misst, was die Seite sagt (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>Texts and token ids (*.txt *.md *.npy *.ids);;All files (*)</source>
        <translation>Texte und Token-Nummern (*.txt *.md *.npy *.ids);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Ein Modell öffnen…</translation>
    </message>
    <message numerus="yes">
        <source>%n pair(s) of unit and option are measured. What a whole plan costs, only running it tells.</source>
        <translation>
            <numerusform>%n Paar aus Einheit und Option ist gemessen. Was ein ganzer Plan kostet, sagt nur sein Lauf.</numerusform>
            <numerusform>%n Paare aus Einheit und Option sind gemessen. Was ein ganzer Plan kostet, sagt nur sein Lauf.</numerusform>
        </translation>
    </message>
    <message>
        <source>Measure the plan beside those of p&amp;roxies</source>
        <translation>Den Plan neben denen der P&amp;roxys messen</translation>
    </message>
    <message>
        <source>Refinement</source>
        <translation>Verbesserung</translation>
    </message>
    <message>
        <source>better the plan by measured steps</source>
        <translation>den Plan durch gemessene Schritte verbessern</translation>
    </message>
    <message>
        <source>&amp;Refine</source>
        <translation>&amp;Verbessern</translation>
    </message>
    <message>
        <source>One half of the tokens chooses changes of the plan, the other half judges them: only what is better there beyond its noise is kept, as a plan of its own beside yours.</source>
        <translation>Die eine Hälfte der Token wählt Änderungen des Plans, die andere beurteilt sie: nur was dort über sein Rauschen hinaus besser ist, bleibt, als eigener Plan neben dem Ihren.</translation>
    </message>
    <message>
        <source>&amp;Refine the plan by measuring</source>
        <translation>Den Plan durch Messen &amp;verbessern</translation>
    </message>
    <message>
        <source>Measures steps around the current plan on one half of the text, solves it again, and keeps what is better on the other half as a plan of its own (Ctrl+Shift+Return)</source>
        <translation>Misst Schritte um den aktuellen Plan auf der einen Hälfte des Textes, löst ihn neu und behält, was auf der anderen besser ist, als eigenen Plan (Strg+Umschalt+Eingabe)</translation>
    </message>
    <message>
        <source>&amp;Take the refined plan</source>
        <translation>Den verbesserten Plan &amp;übernehmen</translation>
    </message>
    <message>
        <source>Makes the refined plan the current one: one undo step</source>
        <translation>Macht den verbesserten Plan zum aktuellen: ein Schritt, der rückgängig zu machen ist</translation>
    </message>
    <message>
        <source>Nothing was tried yet.</source>
        <translation>Noch wurde nichts versucht.</translation>
    </message>
    <message>
        <source>the plan and the uniform plan of its size</source>
        <translation>der Plan und der einheitliche Plan seiner Größe</translation>
    </message>
    <message>
        <source>No unit has been measured yet.</source>
        <translation>Noch keine Einheit wurde gemessen.</translation>
    </message>
    <message>
        <source>Measure all units</source>
        <translation>Alle Einheiten messen</translation>
    </message>
    <message>
        <source>Nothing has been measured yet.</source>
        <translation>Noch nichts wurde gemessen.</translation>
    </message>
    <message>
        <source>Measure the plan</source>
        <translation>Den Plan messen</translation>
    </message>
    <message>
        <source>Predicted against measured harm of every unit and option.
No model is open.</source>
        <translation>Vorhergesagter und gemessener Schaden je Einheit und Option.
Kein Modell ist geöffnet.</translation>
    </message>
    <message>
        <source>Predicted against measured harm of every unit and option. Measuring runs the model with one changed and compares it with the original: KL divergence per token, of an encoder the cosine distance of its embeddings.
%1</source>
        <translation>Vorhergesagter und gemessener Schaden je Einheit und Option. Das Messen führt das Modell mit einer geänderten Einheit aus und vergleicht es mit dem Original: KL-Divergenz je Token, beim Encoder die Kosinusdistanz seiner Embeddings.
%1</translation>
    </message>
    <message>
        <source>Until the model has been run, harm is only predicted.</source>
        <translation>Solange das Modell nicht ausgeführt wurde, ist Schaden nur vorhergesagt.</translation>
    </message>
    <message>
        <source>Take the &amp;measured plan</source>
        <translation>Den &amp;gemessenen Plan übernehmen</translation>
    </message>
    <message>
        <source>Makes the plan of the selected row the current one: one undo step (Enter in the table)</source>
        <translation>Macht den Plan der gewählten Zeile zum aktuellen: ein Schritt zum Rückgängigmachen (Eingabe in der Tabelle)</translation>
    </message>
    <message>
        <source>Two selected rows (Ctrl+click) are compared over the same tokens; Enter or double click takes a plan</source>
        <translation>Zwei gewählte Zeilen (Strg+Klick) werden über dieselben Token verglichen; Eingabe oder Doppelklick übernimmt einen Plan</translation>
    </message>
    <message>
        <source>from runs on up to %1 tokens; vertical lines: 95 % bootstrap intervals over blocks of tokens</source>
        <translation>aus Läufen auf bis zu %1 Token; senkrechte Striche: 95-%-Bootstrap-Intervalle über Blöcke von Token</translation>
    </message>
    <message>
        <source>the plan, the uniform plan, presets and proxies</source>
        <translation>der Plan, der einheitliche, Presets und Proxys</translation>
    </message>
    <message>
        <source>Runs the current plan and, of its size, the uniform plan, presets that people use, and what the proxies call the best</source>
        <translation>Lässt den aktuellen Plan laufen und, in seiner Größe, den einheitlichen, gebräuchliche Presets und was die Proxys den besten Plan nennen</translation>
    </message>
    <message>
        <source>Plans count what is measured from %1 units on.</source>
        <translation>Pläne rechnen damit ab %1 gemessenen Einheiten.</translation>
    </message>
</context>
<context>
    <name>bitwright::views::HarmRun</name>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell ist offen.</translation>
    </message>
    <message>
        <source>The options are still being scored.</source>
        <translation>Die Optionen werden noch bewertet.</translation>
    </message>
    <message>
        <source>Nothing is selected that the plan decides.</source>
        <translation>Nichts ist ausgewählt, worüber der Plan entscheidet.</translation>
    </message>
    <message>
        <source>The original is run first.</source>
        <translation>Zuerst läuft das Original.</translation>
    </message>
    <message>
        <source>Measure the plan</source>
        <translation>Den Plan messen</translation>
    </message>
    <message>
        <source>Measure harm</source>
        <translation>Schaden messen</translation>
    </message>
    <message>
        <source>Canceled; what was measured until then is kept.</source>
        <translation>Abgebrochen; was bis dahin gemessen wurde, bleibt.</translation>
    </message>
    <message numerus="yes">
        <source>%n pair(s) measured.</source>
        <translation>
            <numerusform>%n Paar gemessen.</numerusform>
            <numerusform>%n Paare gemessen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n plan(s) measured.</source>
        <translation>
            <numerusform>%n Plan gemessen.</numerusform>
            <numerusform>%n Pläne gemessen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Compare with measurements</source>
        <translation>Mit Messungen vergleichen</translation>
    </message>
    <message>
        <source>%1 at %2 bits</source>
        <translation>%1 bei %2 Bit</translation>
    </message>
    <message>
        <source>rank correlation over units: %1</source>
        <translation>Rangkorrelation über Einheiten: %1</translation>
    </message>
    <message>
        <source>reliability of the measured ranking: %1 (split halves of %2 tokens)</source>
        <translation>Verlässlichkeit der gemessenen Rangfolge: %1 (Hälften von %2 Token verglichen)</translation>
    </message>
    <message>
        <source>reliability of the measured ranking: %1 (split halves of %2 sequences)</source>
        <translation>Verlässlichkeit der gemessenen Rangfolge: %1 (Hälften von %2 Sequenzen verglichen)</translation>
    </message>
</context>
<context>
    <name>bitwright::views::HistoryPanel</name>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>As it was opened</source>
        <translation>Wie geöffnet</translation>
    </message>
    <message>
        <source>Steps that can be undone</source>
        <translation>Schritte, die sich rückgängig machen lassen</translation>
    </message>
    <message>
        <source>Click a step to go back or forth to it</source>
        <translation>Klick auf einen Schritt geht vor oder zurück dorthin</translation>
    </message>
</context>
<context>
    <name>bitwright::views::InspectorPanel</name>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Details of the selection</source>
        <translation>Einzelheiten der Auswahl</translation>
    </message>
    <message>
        <source>Select a tensor in any view to see everything known about it.</source>
        <translation>Einen Tensor in irgendeiner Ansicht auswählen, um alles über ihn zu sehen.</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Planned</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no: %1</source>
        <translation>nein: %1</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Not scanned yet.</source>
        <translation>Noch nicht gescannt.</translation>
    </message>
    <message>
        <source>Weights (measured)</source>
        <translation>Gewichte (gemessen)</translation>
    </message>
    <message>
        <source>max |w|</source>
        <translation>max |w|</translation>
    </message>
    <message>
        <source>rms</source>
        <translation>rms</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>crest</source>
        <translation>Crest-Faktor</translation>
    </message>
    <message>
        <source>skewness</source>
        <translation>Schiefe</translation>
    </message>
    <message>
        <source>kurtosis (normal: 3)</source>
        <translation>Kurtosis (normal: 3)</translation>
    </message>
    <message>
        <source>|w| q99.9</source>
        <translation>|w| q99,9</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>Nullen</translation>
    </message>
    <message>
        <source>NaN / Inf</source>
        <translation>NaN / Inf</translation>
    </message>
    <message>
        <source>stable rank</source>
        <translation>stabiler Rang</translation>
    </message>
    <message>
        <source>effective rank</source>
        <translation>effektiver Rang</translation>
    </message>
    <message>
        <source>no fit</source>
        <translation>keine Anpassung</translation>
    </message>
    <message>
        <source>Spectrum (measured)</source>
        <translation>Spektrum (gemessen)</translation>
    </message>
    <message>
        <source>Option</source>
        <translation>Option</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>Belegt</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>Fallback</source>
        <translation>Fallback</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>max |x|</source>
        <translation>max |x|</translation>
    </message>
    <message>
        <source>|x| q99.9</source>
        <translation>|x| q99,9</translation>
    </message>
    <message>
        <source>kurtosis</source>
        <translation>Kurtosis</translation>
    </message>
    <message>
        <source>Peak channel</source>
        <translation>Kanal der Spitze</translation>
    </message>
    <message>
        <source>Peak token</source>
        <translation>Token der Spitze</translation>
    </message>
    <message>
        <source>Massive tokens</source>
        <translation>Massive Token</translation>
    </message>
    <message>
        <source>INT8 SQNR (max)</source>
        <translation>INT8-SQNR (max)</translation>
    </message>
    <message>
        <source>Kernel share per token</source>
        <translation>Kernanteil je Token</translation>
    </message>
    <message>
        <source>Channel %1 max |x|</source>
        <translation>Kanal %1 max |x|</translation>
    </message>
    <message>
        <source>Activations (measured)</source>
        <translation>Aktivierungen (gemessen)</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Harm</source>
        <translation>Schaden</translation>
    </message>
    <message>
        <source>Options of the selected unit</source>
        <translation>Optionen der gewählten Einheit</translation>
    </message>
    <message>
        <source>Click or Enter gives the unit this option; Ctrl+Z takes it back</source>
        <translation>Klick oder Enter gibt der Einheit diese Option; Strg+Z nimmt es zurück</translation>
    </message>
    <message>
        <source>copied %1</source>
        <translation>%1 kopiert</translation>
    </message>
    <message>
        <source>%1
fallback: %2</source>
        <translation>%1
Fallback: %2</translation>
    </message>
    <message>
        <source>%1
%2</source>
        <translation>%1
%2</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>signal to quantization noise of the weights, measured</source>
        <translation>Signal-Rausch-Abstand der Gewichte, gemessen</translation>
    </message>
    <message>
        <source>from the header</source>
        <translation>aus dem Header</translation>
    </message>
    <message>
        <source>bytes in the file, from the header</source>
        <translation>Bytes in der Datei, aus dem Header</translation>
    </message>
    <message>
        <source>scan of all weights; NaN and Inf left out</source>
        <translation>Scan aller Gewichte; NaN und Inf ausgelassen</translation>
    </message>
    <message>
        <source>max |w| / rms, over all finite weights</source>
        <translation>max |w| / rms, über alle endlichen Gewichte</translation>
    </message>
    <message>
        <source>from a log histogram with bins of 7.5 %</source>
        <translation>aus einem log-Histogramm mit Klassen von 7,5 %</translation>
    </message>
    <message>
        <source>from the eigenvalues of WᵀW</source>
        <translation>aus den Eigenwerten von WᵀW</translation>
    </message>
    <message>
        <source>tail exponent by this estimator</source>
        <translation>Exponent des Ausläufers nach diesem Schätzer</translation>
    </message>
    <message>
        <source>from the activation dump, over all recorded tokens</source>
        <translation>aus dem Aktivierungs-Dump, über alle aufgezeichneten Token</translation>
    </message>
    <message>
        <source>name in the checkpoint</source>
        <translation>Name im Checkpoint</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>from the name</source>
        <translation>aus dem Namen</translation>
    </message>
    <message>
        <source>counted by the scan</source>
        <translation>beim Messen gezählt</translation>
    </message>
    <message>
        <source>exact, with every scale and padding counted</source>
        <translation>exakt, mit jeder Skala und Auffüllung</translation>
    </message>
    <message>
        <source>chosen in the plan</source>
        <translation>im Plan gewählt</translation>
    </message>
    <message>
        <source>from the activation dump, by the published criterion</source>
        <translation>aus dem Aktivierungsdump, nach dem veröffentlichten Kriterium</translation>
    </message>
    <message>
        <source>in the dump</source>
        <translation>im Dump</translation>
    </message>
    <message>
        <source>SQNR
dB</source>
        <translation>SQNR
dB</translation>
    </message>
    <message>
        <source>bytes; %1</source>
        <translation>Bytes; %1</translation>
    </message>
    <message>
        <source>Activations at its input (measured)</source>
        <translation>Aktivierungen an seinem Eingang (gemessen)</translation>
    </message>
    <message>
        <source>Selected site, not its input (measured)</source>
        <translation>Gewählte Stelle, nicht sein Eingang (gemessen)</translation>
    </message>
</context>
<context>
    <name>bitwright::views::Job</name>
    <message>
        <source>%1 %/s</source>
        <translation>%1 %/s</translation>
    </message>
    <message>
        <source>%1 MiB/s</source>
        <translation>%1 MiB/s</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>done, %1 failed: %2</source>
        <translation>fertig, %1 fehlgeschlagen: %2</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>fehlgeschlagen: %1</translation>
    </message>
    <message>
        <source>canceled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>bitwright::views::JobQueue</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>canceled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Abschnitt</translation>
    </message>
    <message>
        <source>Elapsed</source>
        <translation>Vergangen</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Rest</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Ausgang</translation>
    </message>
</context>
<context>
    <name>bitwright::views::JobsPanel</name>
    <message>
        <source>Jobs</source>
        <translation>Aufgaben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop %1</source>
        <translation>%1 anhalten</translation>
    </message>
    <message>
        <source>Cancel %1</source>
        <translation>%1 abbrechen</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Nothing is running.</source>
        <translation>Nichts läuft.</translation>
    </message>
    <message>
        <source>Copy log</source>
        <translation>Protokoll kopieren</translation>
    </message>
    <message>
        <source>Jobs that have ended</source>
        <translation>Beendete Aufgaben</translation>
    </message>
    <message>
        <source>Copy the log of ended jobs as text or CSV</source>
        <translation>Das Protokoll beendeter Aufgaben als Text oder CSV kopieren</translation>
    </message>
    <message>
        <source>Copy the log as &amp;text</source>
        <translation>Protokoll als &amp;Text kopieren</translation>
    </message>
    <message>
        <source>One line per ended job: start, duration, name, outcome</source>
        <translation>Eine Zeile je beendeter Aufgabe: Beginn, Dauer, Name, Ausgang</translation>
    </message>
    <message>
        <source>Copy the log as &amp;CSV</source>
        <translation>Protokoll als &amp;CSV kopieren</translation>
    </message>
    <message>
        <source>A table of the ended jobs</source>
        <translation>Eine Tabelle der beendeten Aufgaben</translation>
    </message>
    <message>
        <source>Cancel &amp;all jobs</source>
        <translation>&amp;Alle Aufgaben abbrechen</translation>
    </message>
    <message>
        <source>Stop everything that runs or waits</source>
        <translation>Alles anhalten, was läuft oder wartet</translation>
    </message>
    <message>
        <source>Filter the log</source>
        <translation>Protokoll filtern</translation>
    </message>
    <message>
        <source>Filter of the log</source>
        <translation>Filter des Protokolls</translation>
    </message>
    <message>
        <source>Words that must all occur in a job&apos;s name, outcome or time</source>
        <translation>Wörter, die alle in Name, Ausgang oder Zeit einer Aufgabe vorkommen müssen</translation>
    </message>
    <message>
        <source>Jobs that the filter lets through</source>
        <translation>Aufgaben, die der Filter durchlässt</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>bitwright::views::MatrixImage</name>
    <message>
        <source>a pixel keeps the extreme of what it covers; zoom in for single values</source>
        <translation>ein Pixel behält das Extrem dessen, was es bedeckt; vergrößern für einzelne Werte</translation>
    </message>
    <message>
        <source>NaN or Inf</source>
        <translation>NaN oder Inf</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source> (inputs %1 to %2)</source>
        <translation> (Eingänge %1 bis %2)</translation>
    </message>
    <message>
        <source>largest of the %1 under this pixel</source>
        <translation>größtes der %1 unter diesem Pixel</translation>
    </message>
    <message>
        <source>Colors by square root</source>
        <translation>Farben nach Quadratwurzel</translation>
    </message>
    <message>
        <source>Colors linear</source>
        <translation>Farben linear</translation>
    </message>
</context>
<context>
    <name>bitwright::views::MaximaChart</name>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>|x|</source>
        <translation>|x|</translation>
    </message>
    <message>
        <source>ch %1</source>
        <translation>Kan. %1</translation>
    </message>
    <message>
        <source>token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>%1, ch %2</source>
        <translation>%1, Kan. %2</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>NaN or Inf seen</source>
        <translation>NaN oder Inf gesehen</translation>
    </message>
    <message>
        <source>crest factor</source>
        <translation>Crest-Faktor</translation>
    </message>
    <message>
        <source>max |x| / rms</source>
        <translation>max |x| / rms</translation>
    </message>
    <message>
        <source>massive in its site (Sun et al.)</source>
        <translation>massiv an seiner Stelle (Sun et al.)</translation>
    </message>
    <message>
        <source>massive in its token (Max_act_llm)</source>
        <translation>massiv in seinem Token (Max_act_llm)</translation>
    </message>
    <message>
        <source>block %1, %2 %3</source>
        <translation>Block %1, %2 %3</translation>
    </message>
    <message>
        <source>massive: %1 at %2</source>
        <translation>massiv: %1 bei %2</translation>
    </message>
    <message numerus="yes">
        <source>%n massive value(s) of this channel here</source>
        <translation>
            <numerusform>%n massiver Wert dieses Kanals hier</numerusform>
            <numerusform>%n massive Werte dieses Kanals hier</numerusform>
        </translation>
    </message>
    <message>
        <source>by both criteria</source>
        <translation>nach beiden Kriterien</translation>
    </message>
    <message>
        <source>by the site&apos;s median (Sun et al.)</source>
        <translation>nach dem Median der Stelle (Sun et al.)</translation>
    </message>
    <message>
        <source>by the token&apos;s median (Max_act_llm)</source>
        <translation>nach dem Median des Tokens (Max_act_llm)</translation>
    </message>
    <message>
        <source> (id %1)</source>
        <translation> (ID %1)</translation>
    </message>
    <message>
        <source>massive activation</source>
        <translation>massive Aktivierung</translation>
    </message>
    <message>
        <source>q99.9</source>
        <translation>q99,9</translation>
    </message>
    <message>
        <source>within block %1: after attention, before mlp</source>
        <translation>in Block %1: nach Attention, vor dem MLP</translation>
    </message>
    <message>
        <source>embed</source>
        <translation>embed</translation>
    </message>
    <message>
        <source>final</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>current site: %1</source>
        <translation>aktuelle Stelle: %1</translation>
    </message>
    <message>
        <source>site: %1</source>
        <translation>Stelle: %1</translation>
    </message>
    <message>
        <source>massive in site</source>
        <translation>massiv an Stelle</translation>
    </message>
    <message>
        <source>in token</source>
        <translation>im Token</translation>
    </message>
    <message>
        <source>massive in token</source>
        <translation>massiv im Token</translation>
    </message>
    <message>
        <source>%1 “%2”</source>
        <translation>%1 „%2“</translation>
    </message>
</context>
<context>
    <name>bitwright::views::MaximaPanel</name>
    <message>
        <source>Activation maxima</source>
        <translation>Aktivierungsmaxima</translation>
    </message>
    <message>
        <source>Largest activations of every layer on a log axis, with massive activations marked.
No activations are loaded.</source>
        <translation>Größte Aktivierungen jeder Schicht auf logarithmischer Achse, massive Aktivierungen markiert.
Keine Aktivierungen sind geladen.</translation>
    </message>
    <message>
        <source>Open a dump…</source>
        <translation>Dump öffnen…</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>measured by the dump</source>
        <translation>vom Dump gemessen</translation>
    </message>
    <message>
        <source>Massive activations</source>
        <translation>Massive Aktivierungen</translation>
    </message>
    <message>
        <source>&amp;Massive activations</source>
        <translation>&amp;Massive Aktivierungen</translation>
    </message>
    <message>
        <source>No value is massive by either criterion.</source>
        <translation>Nach keinem der Kriterien ist ein Wert massiv.</translation>
    </message>
    <message>
        <source>max, q99.9, rms</source>
        <translation>max, q99,9, rms</translation>
    </message>
    <message>
        <source>max |x|</source>
        <translation>max |x|</translation>
    </message>
    <message>
        <source>q99.9</source>
        <translation>q99,9</translation>
    </message>
    <message>
        <source>rms</source>
        <translation>rms</translation>
    </message>
    <message>
        <source>crest factor (max / rms)</source>
        <translation>Crest-Faktor (max / rms)</translation>
    </message>
    <message>
        <source>Statistic of the activation maxima</source>
        <translation>Statistik der Aktivierungsmaxima</translation>
    </message>
    <message>
        <source>What the lines show. With all three, the kind under the mouse or of the selected site is drawn in full, the others only by their maximum.</source>
        <translation>Was die Linien zeigen. Bei allen dreien wird die Art unter der Maus oder der gewählten Stelle ganz gezeichnet, die anderen nur mit ihrem Maximum.</translation>
    </message>
    <message>
        <source>Lists every massive activation with token and channel (M)</source>
        <translation>Nennt jede massive Aktivierung mit Token und Kanal (M)</translation>
    </message>
    <message>
        <source>log</source>
        <translation>log</translation>
    </message>
    <message>
        <source>Logarithmic vertical axis</source>
        <translation>Senkrechte Achse logarithmisch</translation>
    </message>
    <message>
        <source>max |x| per site</source>
        <translation>max |x| je Stelle</translation>
    </message>
    <message>
        <source>99.9 % quantile of |x| per site</source>
        <translation>99,9-%-Quantil von |x| je Stelle</translation>
    </message>
    <message>
        <source>rms per site</source>
        <translation>rms je Stelle</translation>
    </message>
    <message>
        <source>max |x| / rms per site</source>
        <translation>max |x| / rms je Stelle</translation>
    </message>
    <message>
        <source>Record…</source>
        <translation>Aufnehmen…</translation>
    </message>
    <message>
        <source>%1 is not in the first dump, which the other views show.</source>
        <translation>%1 ist nicht im ersten Dump, den die anderen Ansichten zeigen.</translation>
    </message>
    <message>
        <source>massive</source>
        <translation>massiv</translation>
    </message>
    <message>
        <source>massive: %1</source>
        <translation>massiv: %1</translation>
    </message>
    <message>
        <source>max |x| per site; 99.9 % quantile and rms of the highlighted kind</source>
        <translation>max |x| je Stelle; 99,9-%-Quantil und rms der hervorgehobenen Art</translation>
    </message>
    <message>
        <source>&amp;Massive activations: %1</source>
        <translation>&amp;Massive Aktivierungen: %1</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ModelDifference</name>
    <message>
        <source>Copy as CSV</source>
        <translation>Als CSV kopieren</translation>
    </message>
    <message>
        <source>Filter tensors, results</source>
        <translation>Tensoren, Ergebnisse filtern</translation>
    </message>
    <message>
        <source>Filter of the compared tensors</source>
        <translation>Filter der verglichenen Tensoren</translation>
    </message>
    <message>
        <source>Tensors of two models</source>
        <translation>Tensoren zweier Modelle</translation>
    </message>
    <message>
        <source>Compares every tensor with the tensor of the same name in a second checkpoint: largest error, SQNR, same bytes. Nothing was compared yet.</source>
        <translation>Vergleicht jeden Tensor mit dem gleichen Namens in einem zweiten Checkpoint: größter Fehler, SQNR, gleiche Bytes. Noch wurde nichts verglichen.</translation>
    </message>
    <message>
        <source>Largest error, SQNR and equality of two checkpoints, tensor by tensor. No model is open.</source>
        <translation>Größter Fehler, SQNR und Gleichheit zweier Checkpoints, Tensor für Tensor. Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>Comparing with %1…</source>
        <translation>Vergleich mit %1…</translation>
    </message>
    <message>
        <source>Compare with %1</source>
        <translation>Mit %1 vergleichen</translation>
    </message>
    <message>
        <source>The comparison with %1 was canceled.</source>
        <translation>Der Vergleich mit %1 wurde abgebrochen.</translation>
    </message>
    <message>
        <source>%1 and %2 are the same: %3 tensors, every byte.</source>
        <translation>%1 und %2 sind gleich: %3 Tensoren, jedes Byte.</translation>
    </message>
    <message>
        <source>%1 tensors with the same bytes</source>
        <translation>%1 Tensoren mit gleichen Bytes</translation>
    </message>
    <message>
        <source>%1 that differ</source>
        <translation>%1 abweichend</translation>
    </message>
    <message>
        <source>%1 that cannot be compared by value</source>
        <translation>%1 nicht nach Werten vergleichbar</translation>
    </message>
    <message>
        <source>%1 only here</source>
        <translation>%1 nur hier</translation>
    </message>
    <message>
        <source>%1 only there</source>
        <translation>%1 nur dort</translation>
    </message>
    <message>
        <source>%1 against %2: %3</source>
        <translation>%1 gegen %2: %3</translation>
    </message>
    <message>
        <source>Compare with &amp;folder…</source>
        <translation>Mit &amp;Ordner vergleichen…</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Datei…</translation>
    </message>
    <message>
        <source>Chooses the folder of a second model; every tensor of the same name is compared value by value</source>
        <translation>Wählt den Ordner eines zweiten Modells; jeder Tensor gleichen Namens wird Wert für Wert verglichen</translation>
    </message>
    <message>
        <source>Chooses a second model that is one file</source>
        <translation>Wählt ein zweites Modell, das aus einer Datei besteht</translation>
    </message>
    <message>
        <source>Compare with the file of a model</source>
        <translation>Mit der Datei eines Modells vergleichen</translation>
    </message>
    <message>
        <source>Models (*.safetensors *.json);;All files (*)</source>
        <translation>Modelle (*.safetensors *.json);;Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ModelDifferenceTable</name>
    <message>
        <source>only in this model</source>
        <translation>nur in diesem Modell</translation>
    </message>
    <message>
        <source>only in the other</source>
        <translation>nur im anderen</translation>
    </message>
    <message>
        <source>same bytes</source>
        <translation>gleiche Bytes</translation>
    </message>
    <message>
        <source>bytes differ</source>
        <translation>Bytes weichen ab</translation>
    </message>
    <message>
        <source>same values</source>
        <translation>gleiche Werte</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>weicht ab</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 places with NaN or Inf are left out</source>
        <translation>%1 Stellen mit NaN oder Inf sind ausgelassen</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Largest error</source>
        <translation>Größter Fehler</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Values that differ</source>
        <translation>Abweichende Werte</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
</context>
<context>
    <name>bitwright::views::MovesTable</name>
    <message>
        <source>free</source>
        <translation>gratis</translation>
    </message>
    <message>
        <source>Next best move</source>
        <translation>Beste Schritte</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Nach</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Predicted harm that the move saves (buy) or costs (sell) for each %1 of size</source>
        <translation>Vorhergesagter Schaden, den der Schritt je %1 Größe spart (mehr) oder kostet (minus)</translation>
    </message>
    <message>
        <source>KiB</source>
        <translation>KiB</translation>
    </message>
    <message>
        <source>bit</source>
        <translation>Bit</translation>
    </message>
    <message>
        <source>Δ size</source>
        <translation>Δ Größe</translation>
    </message>
    <message>
        <source>Δ harm</source>
        <translation>Δ Schaden</translation>
    </message>
    <message>
        <source>Free: less harm, no more size</source>
        <translation>Umsonst: weniger Schaden, nicht größer</translation>
    </message>
    <message>
        <source>Spend size: less harm</source>
        <translation>Mehr Platz: weniger Schaden</translation>
    </message>
    <message>
        <source>Save size: more harm</source>
        <translation>Weniger Platz: mehr Schaden</translation>
    </message>
    <message>
        <source>Harm/KiB</source>
        <translation>Schaden/KiB</translation>
    </message>
    <message>
        <source>Harm/bit</source>
        <translation>Schaden/Bit</translation>
    </message>
</context>
<context>
    <name>bitwright::views::NotesPanel</name>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>Write…</source>
        <translation>Schreiben…</translation>
    </message>
    <message>
        <source>Filter notes</source>
        <translation>Notizen filtern</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Notes pinned to tensors</source>
        <translation>An Tensoren geheftete Notizen</translation>
    </message>
    <message>
        <source>Write a note on the selected tensor (N in tables and in the tree)</source>
        <translation>Eine Notiz zum gewählten Tensor schreiben (N in Tabellen und im Baum)</translation>
    </message>
    <message>
        <source>Copy all notes as CSV</source>
        <translation>Alle Notizen als CSV kopieren</translation>
    </message>
    <message>
        <source>&amp;Remove this note</source>
        <translation>Diese Notiz &amp;entfernen</translation>
    </message>
    <message>
        <source>Take the chosen note off its tensor; can be undone (Del)</source>
        <translation>Die gewählte Notiz vom Tensor nehmen; lässt sich rückgängig machen (Entf)</translation>
    </message>
    <message>
        <source>No notes yet. Select a tensor and press N, or use its context menu.</source>
        <translation>Noch keine Notizen. Einen Tensor auswählen und N drücken, oder sein Kontextmenü benutzen.</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
</context>
<context>
    <name>bitwright::views::OptionDelegate</name>
    <message>
        <source>Option</source>
        <translation>Option</translation>
    </message>
    <message>
        <source>%1  (harm %2)</source>
        <translation>%1  (Schaden %2)</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1  (refused)</source>
        <translation>%1  (abgelehnt)</translation>
    </message>
</context>
<context>
    <name>bitwright::views::OptionHeatMap</name>
    <message>
        <source>Color map</source>
        <translation>Farbskala</translation>
    </message>
    <message>
        <source>Harm of every option</source>
        <translation>Schaden jeder Option</translation>
    </message>
    <message>
        <source>%1, %2 bits per weight</source>
        <translation>%1, %2 Bit je Gewicht</translation>
    </message>
    <message>
        <source>refused: %1</source>
        <translation>abgelehnt: %1</translation>
    </message>
    <message>
        <source>the plan&apos;s choice</source>
        <translation>Wahl des Plans</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>tied</source>
        <translation>gekoppelt</translation>
    </message>
    <message>
        <source>contains NaN or Inf</source>
        <translation>enthält NaN oder Inf</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Zoom in	+</source>
        <translation>Vergrößern	+</translation>
    </message>
    <message>
        <source>Zoom out	-</source>
        <translation>Verkleinern	-</translation>
    </message>
    <message>
        <source>Reset the view</source>
        <translation>Die Ansicht zurücksetzen</translation>
    </message>
    <message>
        <source>differs from the solver&apos;s choice</source>
        <translation>weicht von der Wahl des Lösers ab</translation>
    </message>
    <message>
        <source>outlined: the plan&apos;s choice (dotted: differs from the solver&apos;s); hatched: unknown; crossed out: the target refuses it</source>
        <translation>umrandet: die Wahl des Plans (gepunktet: weicht vom Löser ab); schraffiert: unbekannt; durchgestrichen: das Ziel lehnt es ab</translation>
    </message>
</context>
<context>
    <name>bitwright::views::OptionPopup</name>
    <message>
        <source>%1 units</source>
        <translation>%1 Einheiten</translation>
    </message>
    <message>
        <source>Options of the selection</source>
        <translation>Optionen der Auswahl</translation>
    </message>
    <message>
        <source>Option</source>
        <translation>Option</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Harm</source>
        <translation>Schaden</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
</context>
<context>
    <name>bitwright::views::OutlierMap</name>
    <message>
        <source>channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>channel rank (by maximum)</source>
        <translation>Rang des Kanals (nach Maximum)</translation>
    </message>
    <message>
        <source>outliers</source>
        <translation>Outlier</translation>
    </message>
    <message>
        <source>channel %1</source>
        <translation>Kanal %1</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>max per channel</source>
        <translation>max je Kanal</translation>
    </message>
    <message>
        <source>max per layer</source>
        <translation>max je Schicht</translation>
    </message>
    <message>
        <source>Unpin channel %1</source>
        <translation>Kanal %1 lösen</translation>
    </message>
    <message>
        <source>token %1 (id %2)</source>
        <translation>Token %1 (ID %2)</translation>
    </message>
    <message>
        <source>token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>largest: %1 at %2</source>
        <translation>größter: %1 bei %2</translation>
    </message>
    <message>
        <source>Pin channel %1</source>
        <translation>Kanal %1 anheften</translation>
    </message>
    <message>
        <source>block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Of the whole row</source>
        <translation>Der ganzen Zeile</translation>
    </message>
    <message>
        <source>the %1 largest of each site in view; zoom in for others</source>
        <translation>die %1 größten jeder Stelle im Bild; vergrößern für weitere</translation>
    </message>
    <message>
        <source>&amp;Sort channels by maximum</source>
        <translation>Kanäle nach Maximum &amp;sortieren</translation>
    </message>
    <message>
        <source>Sorts the channels by their largest value over the rows, or shows them in their own order (S)</source>
        <translation>Sortiert die Kanäle nach ihrem größten Wert über die Zeilen oder zeigt sie in eigener Reihenfolge (S)</translation>
    </message>
    <message>
        <source>&amp;Pin channel</source>
        <translation>Kanal &amp;anheften</translation>
    </message>
    <message>
        <source>Keeps the channel under the cursor marked and shows it across the layers; again: lets it go (P)</source>
        <translation>Hält den Kanal unter dem Zeiger markiert und zeigt ihn über die Schichten; noch einmal: löst ihn (P)</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>token %1 “%2”</source>
        <translation>Token %1 „%2“</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Stelle</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Block</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>largest of all channels</source>
        <translation>größter aller Kanäle</translation>
    </message>
    <message>
        <source>all channels</source>
        <translation>alle Kanäle</translation>
    </message>
    <message>
        <source>current site: %1</source>
        <translation>aktuelle Stelle: %1</translation>
    </message>
    <message>
        <source>site: %1</source>
        <translation>Stelle: %1</translation>
    </message>
</context>
<context>
    <name>bitwright::views::OutlierPanel</name>
    <message>
        <source>Outlier channels</source>
        <translation>Outlier-Kanäle</translation>
    </message>
    <message>
        <source>max |x|</source>
        <translation>max |x|</translation>
    </message>
    <message>
        <source>rms</source>
        <translation>rms</translation>
    </message>
    <message>
        <source>kurtosis</source>
        <translation>Kurtosis</translation>
    </message>
    <message>
        <source>share |x| ≥ 6</source>
        <translation>Anteil |x| ≥ 6</translation>
    </message>
    <message>
        <source>Measure of the outlier map</source>
        <translation>Maß der Outlier-Karte</translation>
    </message>
    <message>
        <source>What a cell of the map shows</source>
        <translation>Was eine Zelle der Karte zeigt</translation>
    </message>
    <message>
        <source>Every channel of every layer: a hot channel is a bright column.
No activations are loaded.</source>
        <translation>Jeder Kanal jeder Schicht: ein heißer Kanal ist eine helle Spalte.
Keine Aktivierungen sind geladen.</translation>
    </message>
    <message>
        <source>Open a dump…</source>
        <translation>Dump öffnen…</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Computing the outlier map…</source>
        <translation>Die Outlier-Karte wird berechnet…</translation>
    </message>
    <message>
        <source>measured by the dump</source>
        <translation>vom Dump gemessen</translation>
    </message>
    <message>
        <source>Channel &amp;trace</source>
        <translation>Kanal&amp;verlauf</translation>
    </message>
    <message>
        <source>Sites of the outlier map</source>
        <translation>Stellen der Outlier-Karte</translation>
    </message>
    <message>
        <source>Sites of one kind have the same channels, so that their rows may be compared</source>
        <translation>Stellen einer Art haben dieselben Kanäle, so dass ihre Zeilen vergleichbar sind</translation>
    </message>
    <message>
        <source>Outlier criterion over the map</source>
        <translation>Outlier-Kriterium über der Karte</translation>
    </message>
    <message>
        <source>A published criterion over the map: channels that it names are marked, numbers that it gives a layer stand at the right</source>
        <translation>Ein veröffentlichtes Kriterium über der Karte: Kanäle, die es nennt, sind markiert; Zahlen, die es einer Schicht gibt, stehen rechts</translation>
    </message>
    <message>
        <source>Shows the pinned channel across the layers in a chart of its own</source>
        <translation>Zeigt den angehefteten Kanal über die Schichten in einem eigenen Diagramm</translation>
    </message>
    <message>
        <source>trace</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>sort</source>
        <translation>sortieren</translation>
    </message>
    <message numerus="yes">
        <source>%n site(s), %1 channels</source>
        <translation>
            <numerusform>%n Stelle, %1 Kanäle</numerusform>
            <numerusform>%n Stellen, %1 Kanäle</numerusform>
        </translation>
    </message>
    <message>
        <source>all sites</source>
        <translation>alle Stellen</translation>
    </message>
    <message>
        <source>%1; %2</source>
        <translation>%1; %2</translation>
    </message>
    <message>
        <source>Channel %1 across the layers</source>
        <translation>Kanal %1 über die Schichten</translation>
    </message>
    <message>
        <source>Record…</source>
        <translation>Aufnehmen…</translation>
    </message>
    <message>
        <source>%1 over %2</source>
        <translation>%1 über %2</translation>
    </message>
    <message>
        <source>No channel is pinned yet: click one in the map.</source>
        <translation>Noch ist kein Kanal angeheftet: einen in der Karte anklicken.</translation>
    </message>
    <message>
        <source>This view is too low for it: make it taller. The margin at the right shows the channel.</source>
        <translation>Diese Ansicht ist dafür zu niedrig: höher ziehen. Der Rand rechts zeigt den Kanal.</translation>
    </message>
</context>
<context>
    <name>bitwright::views::OverviewPanel</name>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>Modellkarte</translation>
    </message>
    <message>
        <source>&lt;h3&gt;No model is open&lt;/h3&gt;&lt;p&gt;Open a .safetensors file or a Hugging Face folder, or drop it on this window.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Kein Modell geöffnet&lt;/h3&gt;&lt;p&gt;Eine .safetensors-Datei oder einen Hugging-Face-Ordner öffnen, oder auf dieses Fenster ziehen.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Where the bytes of a model are, by role.
No model is open.</source>
        <translation>Wo die Bytes eines Modells liegen, nach Rolle.
Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>Planned matrices</source>
        <translation>Geplante Matrizen</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Architektur</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>Blöcke</translation>
    </message>
    <message>
        <source>Hidden size</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Köpfe</translation>
    </message>
    <message>
        <source>Key/value heads</source>
        <translation>Key/Value-Köpfe</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>Vokabular</translation>
    </message>
    <message>
        <source>Experts</source>
        <translation>Experten</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Stellen</translation>
    </message>
    <message>
        <source>Gradients</source>
        <translation>Gradienten</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Largest activation</source>
        <translation>Größte Aktivierung</translation>
    </message>
    <message>
        <source>at</source>
        <translation>bei</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>by role</source>
        <translation>nach Rolle</translation>
    </message>
    <message>
        <source>by block</source>
        <translation>nach Block</translation>
    </message>
    <message>
        <source>one by one</source>
        <translation>einzeln</translation>
    </message>
    <message>
        <source>Grouping of the treemap</source>
        <translation>Gruppen der Flächenkarte</translation>
    </message>
    <message>
        <source>What the tensors are grouped by</source>
        <translation>Wonach die Tensoren gruppiert sind</translation>
    </message>
    <message>
        <source>Color of the treemap</source>
        <translation>Farbe der Flächenkarte</translation>
    </message>
    <message>
        <source>What the color of a tile shows</source>
        <translation>Was die Farbe einer Kachel zeigt</translation>
    </message>
    <message>
        <source>size in the file</source>
        <translation>Größe in der Datei</translation>
    </message>
    <message>
        <source>size in the plan</source>
        <translation>Größe im Plan</translation>
    </message>
    <message>
        <source>Area of the treemap</source>
        <translation>Fläche der Flächenkarte</translation>
    </message>
    <message>
        <source>What the area of a tile shows</source>
        <translation>Was die Fläche einer Kachel zeigt</translation>
    </message>
    <message>
        <source>from the headers</source>
        <translation>aus den Köpfen</translation>
    </message>
    <message>
        <source>from the configuration of the model</source>
        <translation>aus der Konfiguration des Modells</translation>
    </message>
    <message>
        <source>bytes, from the headers</source>
        <translation>Bytes, aus den Köpfen</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>what a plan decides; the rest stays</source>
        <translation>worüber ein Plan entscheidet; der Rest bleibt</translation>
    </message>
    <message>
        <source>in %1</source>
        <translation>in %1</translation>
    </message>
    <message>
        <source>Intermediate size</source>
        <translation>Breite im MLP</translation>
    </message>
    <message>
        <source>Head size</source>
        <translation>Größe eines Kopfes</translation>
    </message>
    <message>
        <source>Experts per token</source>
        <translation>Experten je Token</translation>
    </message>
    <message>
        <source>Head shares the embedding</source>
        <translation>Ausgabekopf teilt das Embedding</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>exact, with every scale and padding counted</source>
        <translation>exakt, mit jeder Skala und Auffüllung</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>of the plan</source>
        <translation>des Plans</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>what the plan is made for</source>
        <translation>wofür der Plan gemacht ist</translation>
    </message>
    <message>
        <source>bpw</source>
        <translation>bpw</translation>
    </message>
    <message>
        <source>bits per weight over what the plan decides; %1</source>
        <translation>Bits je Gewicht über das, worüber der Plan entscheidet; %1</translation>
    </message>
    <message>
        <source>file bpw</source>
        <translation>bpw Datei</translation>
    </message>
    <message>
        <source>bits per weight over every weight of the file; %1</source>
        <translation>Bits je Gewicht über alle Gewichte der Datei; %1</translation>
    </message>
    <message>
        <source>bytes of all weights; %1</source>
        <translation>Bytes aller Gewichte; %1</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>from the activation dump</source>
        <translation>aus dem Aktivierungsdump</translation>
    </message>
    <message>
        <source>Selects this site in every view</source>
        <translation>Wählt diese Stelle in jeder Ansicht aus</translation>
    </message>
    <message>
        <source>Size %1</source>
        <translation>Größe %1</translation>
    </message>
    <message>
        <source>measured by the scan</source>
        <translation>beim Messen ermittelt</translation>
    </message>
    <message>
        <source>copied %1</source>
        <translation>%1 kopiert</translation>
    </message>
    <message>
        <source>Harm (predicted)</source>
        <translation>Schaden (vorhergesagt)</translation>
    </message>
    <message>
        <source>area: %1</source>
        <translation>Fläche: %1</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ParetoChart</name>
    <message>
        <source>size of the planned tensors</source>
        <translation>Größe der geplanten Tensoren</translation>
    </message>
    <message>
        <source>predicted harm</source>
        <translation>vorhergesagter Schaden</translation>
    </message>
    <message>
        <source>exact frontier (%1 plans)</source>
        <translation>exakte Pareto-Front (%1 Pläne)</translation>
    </message>
    <message>
        <source>uniform plans</source>
        <translation>einheitliche Pläne</translation>
    </message>
    <message>
        <source>named plans</source>
        <translation>benannte Pläne</translation>
    </message>
    <message>
        <source>current plan</source>
        <translation>aktueller Plan</translation>
    </message>
    <message>
        <source>budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>%1 harm against the best of this size</source>
        <translation>%1 Schaden gegen das Beste dieser Größe</translation>
    </message>
    <message>
        <source>harm  %1
size  %2</source>
        <translation>Schaden  %1
Größe  %2</translation>
    </message>
    <message>
        <source>
bpw  %1</source>
        <translation>
bpw  %1</translation>
    </message>
    <message>
        <source>budget  %1
bpw  %2</source>
        <translation>Budget  %1
bpw  %2</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>budget %1, drag to change</source>
        <translation>Budget %1, zum Ändern ziehen</translation>
    </message>
    <message>
        <source>
next KiB saves  %1 harm</source>
        <translation>
nächstes KiB spart  %1 Schaden</translation>
    </message>
    <message>
        <source>Improve within locks</source>
        <translation>Innerhalb der Sperren verbessern</translation>
    </message>
    <message>
        <source>Show what differs from the best of this size</source>
        <translation>Zeigen, was vom Besten dieser Größe abweicht</translation>
    </message>
    <message>
        <source>cannot be reached</source>
        <translation>nicht erreichbar</translation>
    </message>
    <message>
        <source>budget %1</source>
        <translation>Budget %1</translation>
    </message>
    <message>
        <source>bits per weight of the planned tensors</source>
        <translation>Bits je Gewicht der geplanten Tensoren</translation>
    </message>
    <message>
        <source>bits per weight of the whole file</source>
        <translation>Bits je Gewicht der ganzen Datei</translation>
    </message>
    <message>
        <source>
file bpw  %1</source>
        <translation>
bpw Datei  %1</translation>
    </message>
    <message>
        <source>
no plan is this small</source>
        <translation>
kein Plan ist so klein</translation>
    </message>
    <message>
        <source>
best of this size  %1</source>
        <translation>
Bestes dieser Größe  %1</translation>
    </message>
    <message>
        <source>Improve within locks: the best plan of this size that keeps every lock</source>
        <translation>Innerhalb der Sperren verbessern: der beste Plan dieser Größe, der jede Sperre achtet</translation>
    </message>
    <message>
        <source>Show what differs from the best plan of this size</source>
        <translation>Zeigen, was vom besten Plan dieser Größe abweicht</translation>
    </message>
    <message>
        <source>Read the size in</source>
        <translation>Größe lesen in</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>Bits per weight of the planned tensors</source>
        <translation>Bits je Gewicht der geplanten Tensoren</translation>
    </message>
    <message>
        <source>Bits per weight of the whole file</source>
        <translation>Bits je Gewicht der ganzen Datei</translation>
    </message>
    <message>
        <source>improve within locks</source>
        <translation>innerhalb der Sperren verbessern</translation>
    </message>
    <message>
        <source>show what differs</source>
        <translation>Abweichungen zeigen</translation>
    </message>
    <message>
        <source>%1 against the current plan
size  %2%3</source>
        <translation>%1 gegen den aktuellen Plan
Größe  %2%3</translation>
    </message>
    <message>
        <source>
harm  %1</source>
        <translation>
Schaden  %1</translation>
    </message>
    <message>
        <source>measured plans (95 %)</source>
        <translation>gemessene Pläne (95 %)</translation>
    </message>
    <message>
        <source>measured: %1 to %2 (95 %)</source>
        <translation>gemessen: %1 bis %2 (95 %)</translation>
    </message>
    <message>
        <source>harm 0 at %1 →</source>
        <translation>Schaden 0 bei %1 →</translation>
    </message>
    <message>
        <source>Left and Right walk along the frontier, with Shift ten plans at once; Page Up and Page Down raise and lower the budget by 1 %.</source>
        <translation>Links und Rechts gehen auf der Pareto-Front, mit Umschalt zehn Pläne auf einmal; Bild auf und Bild ab heben und senken das Budget um 1 %.</translation>
    </message>
    <message>
        <source>frontier</source>
        <translation>Front</translation>
    </message>
    <message>
        <source>uniform</source>
        <translation>uniform</translation>
    </message>
    <message>
        <source>named</source>
        <translation>benannt</translation>
    </message>
    <message>
        <source>current</source>
        <translation>aktuell</translation>
    </message>
    <message>
        <source>frontier, certified within %1 % at this size</source>
        <translation>Frontier, bei dieser Größe auf %1 % genau belegt</translation>
    </message>
    <message>
        <source>frontier, exact at this size</source>
        <translation>Frontier, bei dieser Größe exakt</translation>
    </message>
    <message>
        <source>harm 0: all kept</source>
        <translation>Schaden 0: alles behalten</translation>
    </message>
    <message>
        <source>harm 0</source>
        <translation>Schaden 0</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ParetoPanel</name>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>default score</source>
        <translation>Standard-Score</translation>
    </message>
    <message>
        <source> bpw</source>
        <translation> bpw</translation>
    </message>
    <message>
        <source>Budget: bits per weight over the planned tensors, with scales, zeros and padding counted</source>
        <translation>Budget: Bits je Gewicht über die geplanten Tensoren, mit Skalen, Nullpunkten und Auffüllung</translation>
    </message>
    <message>
        <source>What the engine can load</source>
        <translation>Was die Engine laden kann</translation>
    </message>
    <message>
        <source>How codes are chosen: round to nearest, clip search, GPTQ</source>
        <translation>Wie die Codes gewählt werden: Runden zum Nächsten, Clip-Suche, GPTQ</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Score</translation>
    </message>
    <message>
        <source>Quantizer</source>
        <translation>Quantisierer</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>Zielgröße</translation>
    </message>
    <message>
        <source>Budget in bits per weight</source>
        <translation>Budget in Bits je Gewicht</translation>
    </message>
    <message>
        <source>Size against predicted harm: drag the budget, compare with uniform plans.
%1</source>
        <translation>Größe gegen vorhergesagten Schaden: das Budget ziehen, mit einheitlichen Plänen vergleichen.
%1</translation>
    </message>
    <message>
        <source>Scoring the options…</source>
        <translation>Die Optionen werden bewertet…</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Plan %1 for %2</source>
        <translation>Plan %1 für %2</translation>
    </message>
    <message>
        <source>bpw planned counts the %1 planned weights, bpw file all %2 weights; both count codes, scales, zeros and padding</source>
        <translation>bpw geplant zählt die %1 geplanten Gewichte, bpw Datei alle %2 Gewichte; beide zählen Codes, Skalen, Nullpunkte und Auffüllung</translation>
    </message>
    <message>
        <source>no second score</source>
        <translation>kein zweiter Score</translation>
    </message>
    <message>
        <source>against %1</source>
        <translation>gegen %1</translation>
    </message>
    <message>
        <source>&amp;Plans</source>
        <translation>&amp;Pläne</translation>
    </message>
    <message>
        <source>Named plans</source>
        <translation>Benannte Pläne</translation>
    </message>
    <message>
        <source>Save the plan under a name; load, compare, rename, duplicate or delete named plans</source>
        <translation>Den Plan unter einem Namen speichern; benannte Pläne laden, vergleichen, umbenennen, verdoppeln oder löschen</translation>
    </message>
    <message>
        <source>size in bytes</source>
        <translation>Größe in Bytes</translation>
    </message>
    <message>
        <source>bpw planned</source>
        <translation>bpw geplant</translation>
    </message>
    <message>
        <source>bpw file</source>
        <translation>bpw Datei</translation>
    </message>
    <message>
        <source>Unit of the size axis</source>
        <translation>Einheit der Größenachse</translation>
    </message>
    <message>
        <source>In what the size is read: bytes of all weights, bits per planned weight, or bits per weight of the whole file</source>
        <translation>Worin die Größe gelesen wird: Bytes aller Gewichte, Bits je geplantem Gewicht oder Bits je Gewicht der ganzen Datei</translation>
    </message>
    <message>
        <source>Second score</source>
        <translation>Zweiter Score</translation>
    </message>
    <message>
        <source>Draws the plans that another score calls best, with the harm that the present score predicts for them</source>
        <translation>Zeichnet die Pläne, die ein anderer Score die besten nennt, mit dem Schaden, den der aktuelle Score für sie vorhersagt</translation>
    </message>
    <message>
        <source>%1 units differ</source>
        <translation>%1 Einheiten weichen ab</translation>
    </message>
    <message>
        <source>&amp;Improve within locks</source>
        <translation>Innerhalb der Sperren &amp;verbessern</translation>
    </message>
    <message>
        <source>Takes the best plan of the present size that keeps every lock (Ctrl+I)</source>
        <translation>Nimmt den besten Plan der aktuellen Größe, der jede Sperre achtet (Strg+I)</translation>
    </message>
    <message>
        <source>Show what &amp;differs</source>
        <translation>&amp;Abweichungen zeigen</translation>
    </message>
    <message>
        <source>Compares the plan with the best of its size, unit by unit (Ctrl+D)</source>
        <translation>Vergleicht den Plan mit dem besten seiner Größe, Einheit für Einheit (Strg+D)</translation>
    </message>
    <message>
        <source>&amp;Save plan as…</source>
        <translation>Plan &amp;speichern unter…</translation>
    </message>
    <message>
        <source>Keeps the present plan under a name in the project</source>
        <translation>Hebt den aktuellen Plan unter einem Namen im Projekt auf</translation>
    </message>
    <message>
        <source>Size axis in &amp;bytes</source>
        <translation>Größenachse in &amp;Bytes</translation>
    </message>
    <message>
        <source>Size axis in bits per &amp;planned weight</source>
        <translation>Größenachse in Bits je &amp;geplantem Gewicht</translation>
    </message>
    <message>
        <source>Size axis in bits per weight of the &amp;file</source>
        <translation>Größenachse in Bits je Gewicht der &amp;Datei</translation>
    </message>
    <message>
        <source>In what the Pareto chart reads sizes</source>
        <translation>Worin das Pareto-Diagramm Größen liest</translation>
    </message>
    <message>
        <source>No plan was saved under a name yet</source>
        <translation>Noch wurde kein Plan unter einem Namen gespeichert</translation>
    </message>
    <message>
        <source>&amp;Load</source>
        <translation>&amp;Laden</translation>
    </message>
    <message>
        <source>&amp;Compare with the current plan</source>
        <translation>Mit dem aktuellen Plan &amp;vergleichen</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>&amp;Umbenennen…</translation>
    </message>
    <message>
        <source>D&amp;uplicate…</source>
        <translation>V&amp;erdoppeln…</translation>
    </message>
    <message>
        <source>&amp;Delete…</source>
        <translation>&amp;Löschen…</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>Name:</translation>
    </message>
    <message>
        <source>&quot;%1&quot; cannot be used: it is empty or taken. Choose another name.</source>
        <translation>„%1“ kann nicht verwendet werden: leer oder vergeben. Bitte einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>Save plan as</source>
        <translation>Plan speichern unter</translation>
    </message>
    <message>
        <source>Rename plan</source>
        <translation>Plan umbenennen</translation>
    </message>
    <message>
        <source>Duplicate plan</source>
        <translation>Plan verdoppeln</translation>
    </message>
    <message>
        <source>%1 copy</source>
        <translation>%1 Kopie</translation>
    </message>
    <message>
        <source>Delete plan</source>
        <translation>Plan löschen</translation>
    </message>
    <message>
        <source>Delete the plan &quot;%1&quot; from the project? This cannot be undone.</source>
        <translation>Den Plan „%1“ aus dem Projekt löschen? Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>How harm is predicted, or &quot;measured&quot; where the model was run</source>
        <translation>Wie Schaden vorhergesagt wird, oder „measured“, wo das Modell lief</translation>
    </message>
    <message>
        <source>the current plan was not run</source>
        <translation>der aktuelle Plan lief nicht</translation>
    </message>
    <message>
        <source>the current plan</source>
        <translation>der aktuelle Plan</translation>
    </message>
    <message>
        <source>measured on other tokens than the current plan</source>
        <translation>auf anderen Token gemessen als der aktuelle Plan</translation>
    </message>
    <message>
        <source> · ⚠ measured worse than %1 of its size</source>
        <translation> · ⚠ gemessen schlechter als %1 gleicher Größe</translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source>total harm</source>
        <translation>Summe des Schadens</translation>
    </message>
    <message>
        <source>worst harm</source>
        <translation>größter Schaden</translation>
    </message>
    <message>
        <source>What the solver minimizes: the sum over all units, or the harm of the worst one</source>
        <translation>Was der Löser minimiert: die Summe über alle Einheiten oder den Schaden der schlimmsten</translation>
    </message>
    <message>
        <source>S&amp;maller along the frontier</source>
        <translation>Auf der Front &amp;kleiner</translation>
    </message>
    <message>
        <source>The next smaller plan of the frontier (Left in the chart; Shift+Left: ten)</source>
        <translation>Der nächste kleinere Plan der Pareto-Front (Links im Diagramm; Umschalt+Links: zehn)</translation>
    </message>
    <message>
        <source>&amp;Larger along the frontier</source>
        <translation>Auf der Front &amp;größer</translation>
    </message>
    <message>
        <source>The next larger plan of the frontier (Right in the chart; Shift+Right: ten)</source>
        <translation>Der nächste größere Plan der Pareto-Front (Rechts im Diagramm; Umschalt+Rechts: zehn)</translation>
    </message>
    <message>
        <source>&amp;Raise the budget by 1 %</source>
        <translation>Budget um 1 % &amp;heben</translation>
    </message>
    <message>
        <source>Solves again with a little more (Page Up in the chart)</source>
        <translation>Löst mit etwas mehr neu (Bild auf im Diagramm)</translation>
    </message>
    <message>
        <source>Lo&amp;wer the budget by 1 %</source>
        <translation>Budget um 1 % &amp;senken</translation>
    </message>
    <message>
        <source>Solves again with a little less (Page Down in the chart)</source>
        <translation>Löst mit etwas weniger neu (Bild ab im Diagramm)</translation>
    </message>
    <message>
        <source>Size a&amp;xis</source>
        <translation>Größen&amp;achse</translation>
    </message>
    <message>
        <source>Second s&amp;core</source>
        <translation>&amp;Zweiter Score</translation>
    </message>
    <message>
        <source>This plan was measured before plans were kept: measure it again to take it.</source>
        <translation>Dieser Plan wurde gemessen, bevor Pläne aufbewahrt wurden: Zum Übernehmen neu messen.</translation>
    </message>
    <message>
        <source>units: %1</source>
        <translation>Einheiten: %1</translation>
    </message>
    <message>
        <source>%1 bpw planned · %2 bpw file · %3 · %4</source>
        <translation>%1 bpw geplant · %2 bpw Datei · %3 · %4</translation>
    </message>
    <message>
        <source>Harm: %1. The plan as a whole was not run for it.</source>
        <translation>Schaden: %1. Der Plan als Ganzes wurde dafür nicht ausgeführt.</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ProofTable</name>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>noch nicht</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>lossless</source>
        <translation>verlustfrei</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>The independent reader has not compared this unit.</source>
        <translation>Der unabhängige Leser hat diese Einheit nicht verglichen.</translation>
    </message>
    <message>
        <source>Taken over from the interrupted export and read back: exactly what was meant.</source>
        <translation>Vom unterbrochenen Export übernommen und zurückgelesen: genau wie gemeint.</translation>
    </message>
    <message>
        <source>The independent reader got exactly what the quantizer meant.</source>
        <translation>Der unabhängige Leser bekam genau, was der Quantisierer meinte.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Weights against their error: %1 dB</source>
        <translation>Gewichte gegen ihren Fehler: %1 dB</translation>
    </message>
    <message>
        <source>The dump holds no Gram of this unit&apos;s inputs.</source>
        <translation>Der Dump enthält keine Gram-Matrix der Eingänge dieser Einheit.</translation>
    </message>
    <message>
        <source>Tensor, or expert of a stack</source>
        <translation>Tensor, oder Experte eines Stapels</translation>
    </message>
    <message>
        <source>Option of the plan</source>
        <translation>Option des Plans</translation>
    </message>
    <message>
        <source>Option in the file, with the scale type of the target</source>
        <translation>Option in der Datei, mit dem Skalentyp des Ziels</translation>
    </message>
    <message>
        <source>Whether an independent reader got back, bit for bit, what the quantizer meant</source>
        <translation>Ob ein unabhängiger Leser Bit für Bit zurückbekam, was der Quantisierer meinte</translation>
    </message>
    <message>
        <source>Bytes in the file, everything counted</source>
        <translation>Bytes in der Datei, alles gezählt</translation>
    </message>
    <message>
        <source>Signal to quantization noise of the weights in the file</source>
        <translation>Signal-Rausch-Abstand der Gewichte in der Datei</translation>
    </message>
    <message>
        <source>Largest absolute error of a weight</source>
        <translation>Größter absoluter Fehler eines Gewichts</translation>
    </message>
    <message>
        <source>Share of the output&apos;s energy that is error, on the inputs of the dump</source>
        <translation>Anteil der Energie des Ausgangs, der Fehler ist, auf den Eingängen des Dumps</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Planned</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>Geschrieben</translation>
    </message>
    <message>
        <source>Re-read</source>
        <translation>Rückgelesen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Max error</source>
        <translation>Max. Fehler</translation>
    </message>
    <message>
        <source>Output error</source>
        <translation>Fehler der Ausgabe</translation>
    </message>
</context>
<context>
    <name>bitwright::views::ProofView</name>
    <message>
        <source>Copy table</source>
        <translation>Tabelle kopieren</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Filter units and options</source>
        <translation>Einheiten und Optionen filtern</translation>
    </message>
    <message>
        <source>Filter of the proof</source>
        <translation>Filter des Beweises</translation>
    </message>
    <message>
        <source>Words that must all occur in a unit&apos;s name or its options</source>
        <translation>Wörter, die alle im Namen einer Einheit oder ihren Optionen vorkommen müssen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Fallbacks</source>
        <translation>Fallbacks</translation>
    </message>
    <message>
        <source>Kind of units shown</source>
        <translation>Art der gezeigten Einheiten</translation>
    </message>
    <message>
        <source>Show all units, those that failed, or those stored by a fallback</source>
        <translation>Alle Einheiten zeigen, die fehlgeschlagenen, oder die mit Fallback gespeicherten</translation>
    </message>
    <message>
        <source>Copy every unit with full precision, as CSV</source>
        <translation>Jede Einheit mit voller Genauigkeit als CSV kopieren</translation>
    </message>
    <message>
        <source>Copy verdict, numbers, what was not checked and the table, as Markdown</source>
        <translation>Urteil, Zahlen, das nicht Geprüfte und die Tabelle als Markdown kopieren</translation>
    </message>
    <message>
        <source>Open the folder of the export in the file manager</source>
        <translation>Den Ordner des Exports im Dateimanager öffnen</translation>
    </message>
    <message>
        <source>What was not checked</source>
        <translation>Was nicht geprüft wurde</translation>
    </message>
    <message>
        <source>What the proof does not cover</source>
        <translation>Was der Beweis nicht abdeckt</translation>
    </message>
    <message>
        <source>Proof of every unit</source>
        <translation>Beweis jeder Einheit</translation>
    </message>
    <message>
        <source>Copy the proof as CSV</source>
        <translation>Den Beweis als CSV kopieren</translation>
    </message>
    <message numerus="yes">
        <source>%n unit(s)</source>
        <translation>
            <numerusform>%n Einheit</numerusform>
            <numerusform>%n Einheiten</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation>Nicht geprüft</translation>
    </message>
    <message>
        <source>Units</source>
        <translation>Einheiten</translation>
    </message>
</context>
<context>
    <name>bitwright::views::Recording</name>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell ist offen.</translation>
    </message>
    <message>
        <source>Record activations</source>
        <translation>Aktivierungen aufnehmen</translation>
    </message>
</context>
<context>
    <name>bitwright::views::RefineBox</name>
    <message>
        <source>How &amp;long?</source>
        <translation>Wie &amp;lange?</translation>
    </message>
    <message>
        <source>Take the res&amp;ult</source>
        <translation>Ergebnis &amp;übernehmen</translation>
    </message>
    <message>
        <source>Rounds at most</source>
        <translation>Höchstens so viele Runden</translation>
    </message>
    <message>
        <source>Rounds at most: each measures steps around the plan, solves it again, and goes on only when that is better on the tokens that judge</source>
        <translation>Höchstens so viele Runden: jede misst Schritte um den Plan, löst ihn neu und fährt nur fort, wenn das auf den Token, die urteilen, besser ist</translation>
    </message>
    <message>
        <source>Steps per round at most</source>
        <translation>Höchstens so viele Schritte je Runde</translation>
    </message>
    <message>
        <source>Steps of single units that a round measures at most, the most promising first</source>
        <translation>Schritte einzelner Einheiten, die eine Runde höchstens misst, die aussichtsreichsten zuerst</translation>
    </message>
    <message>
        <source>Runs the plan once, which refining begins with anyway, and says how long the rest takes</source>
        <translation>Lässt den Plan einmal laufen, womit das Verbessern ohnehin beginnt, und sagt, wie lange der Rest dauert</translation>
    </message>
    <message>
        <source>Makes the refined plan the current one: one undo step</source>
        <translation>Macht den verbesserten Plan zum aktuellen: ein Schritt, der rückgängig zu machen ist</translation>
    </message>
    <message>
        <source>rounds: </source>
        <translation>Runden: </translation>
    </message>
    <message>
        <source>steps: </source>
        <translation>Schritte: </translation>
    </message>
</context>
<context>
    <name>bitwright::views::RefineRun</name>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>The options are still being scored.</source>
        <translation>Die Optionen werden noch bewertet.</translation>
    </message>
    <message>
        <source>The plan is run as it is first.</source>
        <translation>Zuerst läuft der Plan, wie er ist.</translation>
    </message>
    <message>
        <source>Refine the plan</source>
        <translation>Plan verbessern</translation>
    </message>
    <message>
        <source>The plan is run once.</source>
        <translation>Der Plan läuft einmal.</translation>
    </message>
    <message>
        <source>Estimate the time</source>
        <translation>Zeit abschätzen</translation>
    </message>
    <message>
        <source>About %1 per round of %2 steps, and %3 more for swaps where the solved plan does not hold: %4 for %5 round(s) at most.</source>
        <translation>Etwa %1 je Runde mit %2 Schritten, und %3 mehr für Tausche, wo der gelöste Plan nicht hält: höchstens %4 für %5 Runde(n).</translation>
    </message>
    <message>
        <source>round %1 of at most %2, run %3</source>
        <translation>Runde %1 von höchstens %2, Lauf %3</translation>
    </message>
    <message>
        <source>Canceled; what was measured until then is kept, and refining again goes on there.</source>
        <translation>Abgebrochen; was bis dahin gemessen ist, bleibt, und erneutes Verbessern fährt dort fort.</translation>
    </message>
    <message>
        <source>%1 refined</source>
        <translation>%1 verbessert</translation>
    </message>
    <message>
        <source>Only plans for total harm are refined: choose that objective.</source>
        <translation>Verfeinert werden nur Pläne für die Summe des Schadens: dieses Ziel wählen.</translation>
    </message>
    <message>
        <source>%1, judging half</source>
        <translation>%1, urteilende Hälfte</translation>
    </message>
</context>
<context>
    <name>bitwright::views::RemedyList</name>
    <message>
        <source>&lt;b&gt;Missing or noteworthy&lt;/b&gt;</source>
        <translation>&lt;b&gt;Fehlt oder ist bemerkenswert&lt;/b&gt;</translation>
    </message>
    <message>
        <source>Missing or noteworthy</source>
        <translation>Fehlt oder ist bemerkenswert</translation>
    </message>
    <message>
        <source>What is missing, and what helps</source>
        <translation>Was fehlt und was hilft</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
</context>
<context>
    <name>bitwright::views::SensitivityPanel</name>
    <message>
        <source>Block × role</source>
        <translation>Block × Rolle</translation>
    </message>
    <message>
        <source>Bits and predicted harm of every block and role; a click sets the option.
%1</source>
        <translation>Bits und vorhergesagter Schaden jedes Blocks und jeder Rolle; ein Klick setzt die Option.
%1</translation>
    </message>
    <message>
        <source>This model has no weight matrix to plan.</source>
        <translation>Dieses Modell hat keine Gewichtsmatrix zum Planen.</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>Plan %1</source>
        <translation>Plan %1</translation>
    </message>
    <message>
        <source>Tensor × option</source>
        <translation>Tensor × Option</translation>
    </message>
    <message>
        <source>Editor of the plan</source>
        <translation>Editor des Plans</translation>
    </message>
    <message>
        <source>Block × role: what the plan chose. Tensor × option: what every option would cost (H)</source>
        <translation>Block × Rolle: was der Plan gewählt hat. Tensor × Option: was jede Option kosten würde (H)</translation>
    </message>
    <message>
        <source>by block</source>
        <translation>nach Block</translation>
    </message>
    <message>
        <source>by role</source>
        <translation>nach Rolle</translation>
    </message>
    <message>
        <source>by harm</source>
        <translation>nach Schaden</translation>
    </message>
    <message>
        <source>Order of the tensors</source>
        <translation>Reihenfolge der Tensoren</translation>
    </message>
    <message>
        <source>Order of the rows: as in the model, by role, or the most harm of the present plan first</source>
        <translation>Reihenfolge der Zeilen: wie im Modell, nach Rolle, oder der größte Schaden des aktuellen Plans zuerst</translation>
    </message>
    <message>
        <source>◂ All blocks</source>
        <translation>◂ Alle Blöcke</translation>
    </message>
    <message>
        <source>Back from the experts of one block to all blocks (Backspace)</source>
        <translation>Von den Experten eines Blocks zurück zu allen Blöcken (Rücktaste)</translation>
    </message>
    <message>
        <source>All blocks</source>
        <translation>Alle Blöcke</translation>
    </message>
    <message>
        <source>Block × role or tensor × &amp;option</source>
        <translation>Block × Rolle oder Tensor × &amp;Option</translation>
    </message>
    <message>
        <source>Switches between the two editors (H)</source>
        <translation>Wechselt zwischen den zwei Editoren (H)</translation>
    </message>
    <message>
        <source>Back to all &amp;blocks</source>
        <translation>Zurück zu allen &amp;Blöcken</translation>
    </message>
    <message>
        <source>Leaves the experts of one block (Backspace)</source>
        <translation>Verlässt die Experten eines Blocks (Rücktaste)</translation>
    </message>
    <message>
        <source>Sort tensors by bl&amp;ock</source>
        <translation>Tensoren nach Bl&amp;ock sortieren</translation>
    </message>
    <message>
        <source>Sort tensors by &amp;role</source>
        <translation>Tensoren nach &amp;Rolle sortieren</translation>
    </message>
    <message>
        <source>Sort tensors by &amp;harm</source>
        <translation>Tensoren nach &amp;Schaden sortieren</translation>
    </message>
    <message>
        <source>Order of the rows of the tensor × option map</source>
        <translation>Reihenfolge der Zeilen der Karte Tensor × Option</translation>
    </message>
    <message>
        <source>Harm of every option</source>
        <translation>Schaden jeder Option</translation>
    </message>
    <message>
        <source>color: harm on a log scale; outlined: the plan&apos;s choice</source>
        <translation>Farbe: Schaden, logarithmisch; umrandet: Wahl des Plans</translation>
    </message>
    <message>
        <source>Predicted harm of every option of every tensor; a click sets the option.
%1</source>
        <translation>Vorhergesagter Schaden jeder Option jedes Tensors; ein Klick setzt die Option.
%1</translation>
    </message>
    <message>
        <source>Scoring the options…</source>
        <translation>Die Optionen werden bewertet…</translation>
    </message>
    <message>
        <source>Experts of block %1; cells as wide as the tokens they saw</source>
        <translation>Experten von Block %1; Zellen so breit wie die Token, die sie sahen</translation>
    </message>
    <message>
        <source>Experts of block %1; coverage unknown: no dump counts their tokens</source>
        <translation>Experten von Block %1; Abdeckung unbekannt: kein Dump zählt ihre Token</translation>
    </message>
</context>
<context>
    <name>bitwright::views::SizeTreemap</name>
    <message>
        <source>&amp;Reset view</source>
        <translation>Ansicht &amp;zurücksetzen</translation>
    </message>
    <message>
        <source>Shows everything again (Home)</source>
        <translation>Zeigt wieder alles (Pos1)</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Shows less, larger (+ or the wheel)</source>
        <translation>Zeigt weniger, größer (+ oder Mausrad)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Shows more, smaller (- or the wheel)</source>
        <translation>Zeigt mehr, kleiner (- oder Mausrad)</translation>
    </message>
    <message>
        <source>Select &amp;all tiles</source>
        <translation>&amp;Alle Kacheln auswählen</translation>
    </message>
    <message>
        <source>Selects every tensor (Ctrl+A)</source>
        <translation>Wählt jeden Tensor aus (Strg+A)</translation>
    </message>
    <message>
        <source>Reset view</source>
        <translation>Ansicht zurücksetzen</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>Bits</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n Tensor</numerusform>
            <numerusform>%n Tensoren</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Fit %1</source>
        <translation>%1 ein&amp;passen</translation>
    </message>
    <message>
        <source>&amp;Color map</source>
        <translation>&amp;Farbskala</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 Bit</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>not planned</source>
        <translation>nicht geplant</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>kept, not planned</source>
        <translation>behalten, nicht geplant</translation>
    </message>
</context>
<context>
    <name>bitwright::views::SpectrumChart</name>
    <message>
        <source>eigenvalue</source>
        <translation>Eigenwert</translation>
    </message>
    <message>
        <source>spectral density</source>
        <translation>Spektraldichte</translation>
    </message>
    <message>
        <source>%1 eigenvalues</source>
        <translation>%1 Eigenwerte</translation>
    </message>
    <message>
        <source> (%1 to %2)</source>
        <translation> (%1 bis %2)</translation>
    </message>
    <message>
        <source>error of %1</source>
        <translation>Fehler von %1</translation>
    </message>
    <message>
        <source>estimators</source>
        <translation>Schätzer</translation>
    </message>
    <message>
        <source>eigenvalue  %1</source>
        <translation>Eigenwert  %1</translation>
    </message>
    <message>
        <source>density  %1</source>
        <translation>Dichte  %1</translation>
    </message>
    <message>
        <source>%1 of %2 lie above</source>
        <translation>%1 von %2 liegen darüber</translation>
    </message>
    <message>
        <source>Log-log with tail fit</source>
        <translation>Log-log mit Anpassung des Ausläufers</translation>
    </message>
    <message>
        <source>Density with bulk</source>
        <translation>Dichte mit Bulk</translation>
    </message>
    <message>
        <source>error: %1 of %2 lie above</source>
        <translation>Fehler: %1 von %2 liegen darüber</translation>
    </message>
    <message>
        <source>eigenvalues</source>
        <translation>Eigenwerte</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>single eigenvalue</source>
        <translation>einzelner Eigenwert</translation>
    </message>
    <message>
        <source>single value</source>
        <translation>Einzelwert</translation>
    </message>
    <message>
        <source>Marchenko-Pastur bulk</source>
        <translation>Marchenko-Pastur-Bulk</translation>
    </message>
    <message>
        <source>bulk</source>
        <translation>Bulk</translation>
    </message>
    <message numerus="yes">
        <source>%n spike(s) above it</source>
        <translation>
            <numerusform>%n Spike darüber</numerusform>
            <numerusform>%n Spikes darüber</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n spike(s)</source>
        <translation>
            <numerusform>%n Spike</numerusform>
            <numerusform>%n Spikes</numerusform>
        </translation>
    </message>
    <message>
        <source>single eigenvalue, of weights and of error</source>
        <translation>einzelner Eigenwert der Gewichte, des Fehlers</translation>
    </message>
    <message>
        <source>single eigenvalue of the error</source>
        <translation>einzelner Eigenwert des Fehlers</translation>
    </message>
</context>
<context>
    <name>bitwright::views::SpectrumPanel</name>
    <message>
        <source>Spectrum</source>
        <translation>Spektrum</translation>
    </message>
    <message>
        <source>Eigenvalues of a weight with tail fit and random bulk, and those of its rounding error.
%1</source>
        <translation>Eigenwerte eines Gewichts mit Anpassung des Ausläufers und zufälligem Bulk, und die seines Rundungsfehlers.
%1</translation>
    </message>
    <message>
        <source>Select a tensor.</source>
        <translation>Einen Tensor auswählen.</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>The spectrum of this tensor has not been computed.</source>
        <translation>Das Spektrum dieses Tensors ist nicht berechnet.</translation>
    </message>
    <message>
        <source>Spectra are computed for weight matrices; this tensor is none (%1).</source>
        <translation>Spektren werden für Gewichtsmatrizen berechnet; dieser Tensor ist keine (%1).</translation>
    </message>
    <message>
        <source>Scan the model</source>
        <translation>Modell scannen</translation>
    </message>
    <message>
        <source>Spectrum of %1</source>
        <translation>Spektrum von %1</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>What to show of the spectrum</source>
        <translation>Was vom Spektrum gezeigt wird</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>&amp;Log-log</source>
        <translation>&amp;Log-log</translation>
    </message>
    <message>
        <source>Spectral density on logarithmic axes with the tail fit</source>
        <translation>Spektraldichte auf logarithmischen Achsen mit Anpassung des Ausläufers</translation>
    </message>
    <message>
        <source>&amp;Density</source>
        <translation>&amp;Dichte</translation>
    </message>
    <message>
        <source>Density of the bulk against the Marchenko-Pastur law</source>
        <translation>Dichte des Bulks gegen das Marchenko-Pastur-Gesetz</translation>
    </message>
    <message>
        <source>&amp;Alpha and bits</source>
        <translation>&amp;Alpha und Bits</translation>
    </message>
    <message>
        <source>Alpha of every tensor beside its bits in the plan</source>
        <translation>Alpha jedes Tensors neben seinen Bits im Plan</translation>
    </message>
    <message>
        <source>Estimator of the tail</source>
        <translation>Schätzer des Ausläufers</translation>
    </message>
    <message>
        <source>Whose fit is drawn. Alphas of two estimators must not be compared.</source>
        <translation>Wessen Anpassung gezeichnet wird. Alphas zweier Schätzer sind nicht vergleichbar.</translation>
    </message>
    <message>
        <source>per tensor</source>
        <translation>je Tensor</translation>
    </message>
    <message>
        <source>per block</source>
        <translation>je Block</translation>
    </message>
    <message>
        <source>What a point stands for</source>
        <translation>Wofür ein Punkt steht</translation>
    </message>
    <message>
        <source>Estimators and metrics as numbers beside the chart</source>
        <translation>Schätzer und Kennzahlen als Zahlen neben dem Diagramm</translation>
    </message>
    <message>
        <source>Estimator</source>
        <translation>Schätzer</translation>
    </message>
    <message>
        <source>α</source>
        <translation>α</translation>
    </message>
    <message>
        <source>xmin</source>
        <translation>xmin</translation>
    </message>
    <message>
        <source>KS</source>
        <translation>KS</translation>
    </message>
    <message>
        <source>Tail estimators</source>
        <translation>Schätzer des Ausläufers</translation>
    </message>
    <message>
        <source>Click a row to draw its fit</source>
        <translation>Klick auf eine Zeile zeichnet ihre Anpassung</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Kennzahl</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Metrics of the spectrum</source>
        <translation>Kennzahlen des Spektrums</translation>
    </message>
    <message>
        <source>Spectra of stacked experts are not computed.</source>
        <translation>Spektren gestapelter Experten werden nicht berechnet.</translation>
    </message>
    <message>
        <source>Error spectrum of %1</source>
        <translation>Fehlerspektrum von %1</translation>
    </message>
    <message>
        <source>eigenvalues of WᵀW; tail by %1, bulk by Marchenko-Pastur</source>
        <translation>Eigenwerte von WᵀW; Ausläufer nach %1, Bulk nach Marchenko-Pastur</translation>
    </message>
    <message>
        <source>no fit: %1</source>
        <translation>keine Anpassung: %1</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <source>
spurious: above 8 a fit means nothing</source>
        <translation>
nicht belastbar: über 8 besagt eine Anpassung nichts</translation>
    </message>
    <message>
        <source>exponent of the density%1</source>
        <translation>Exponent der Dichte%1</translation>
    </message>
    <message>
        <source>95 % interval: 1.96 (α - 1) / sqrt(tail)</source>
        <translation>95-%-Intervall: 1,96 (α - 1) / sqrt(Ausläufer)</translation>
    </message>
    <message>
        <source>eigenvalue at which the tail begins</source>
        <translation>Eigenwert, bei dem der Ausläufer beginnt</translation>
    </message>
    <message>
        <source>eigenvalues in the tail</source>
        <translation>Eigenwerte im Ausläufer</translation>
    </message>
    <message>
        <source>Kolmogorov-Smirnov distance of the tail from its fit</source>
        <translation>Kolmogorow-Smirnow-Abstand des Ausläufers von seiner Anpassung</translation>
    </message>
    <message>
        <source>Tail exponent of every tensor beside its bits in the plan.
No model is open.</source>
        <translation>Exponent des Ausläufers jedes Tensors neben seinen Bits im Plan.
Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Tail exponent of every tensor beside its bits in the plan.
No spectrum is known yet.</source>
        <translation>Exponent des Ausläufers jedes Tensors neben seinen Bits im Plan.
Noch ist kein Spektrum bekannt.</translation>
    </message>
    <message>
        <source>Alpha and bits</source>
        <translation>Alpha und Bits</translation>
    </message>
    <message>
        <source>alpha by %1; bits of the plan above</source>
        <translation>alpha nach %1; darüber die Bits des Plans</translation>
    </message>
    <message>
        <source>measured; bits as planned</source>
        <translation>gemessen; Bits wie geplant</translation>
    </message>
    <message>
        <source>Select the largest matrix</source>
        <translation>Die größte Matrix auswählen</translation>
    </message>
    <message>
        <source>± 95 %</source>
        <translation>± 95 %</translation>
    </message>
    <message>
        <source>In tail</source>
        <translation>Ausläufer</translation>
    </message>
</context>
<context>
    <name>bitwright::views::TableModel</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>The dump or scan does not hold this.</source>
        <translation>Der Dump oder Scan enthält dies nicht.</translation>
    </message>
</context>
<context>
    <name>bitwright::views::TensorQuery</name>
    <message>
        <source>/%1/: %2 at %3.</source>
        <translation>/%1/: %2 bei %3.</translation>
    </message>
    <message>
        <source>%1%2%3: %3 is no number.</source>
        <translation>%1%2%3: %3 ist keine Zahl.</translation>
    </message>
    <message>
        <source>block:%1: give a number or a range like 3-7.</source>
        <translation>block:%1: eine Zahl oder einen Bereich wie 3-7 angeben.</translation>
    </message>
    <message>
        <source>is:%1 is not known: locked, tied, fallback, planned, kept, nan, failed.</source>
        <translation>is:%1 ist unbekannt: locked, tied, fallback, planned, kept, nan, failed.</translation>
    </message>
    <message>
        <source>Terms that must all hold; a minus in front excludes.</source>
        <translation>Bedingungen, die alle gelten müssen; ein Minus davor schließt aus.</translation>
    </message>
    <message>
        <source>words in the name, role or dtype</source>
        <translation>Wörter in Name, Rolle oder Typ</translation>
    </message>
    <message>
        <source>regular expression over the name</source>
        <translation>regulärer Ausdruck über den Namen</translation>
    </message>
    <message>
        <source>one field</source>
        <translation>ein Feld</translation>
    </message>
    <message>
        <source>stored bytes (binary), parameters</source>
        <translation>gespeicherte Bytes (binär), Parameter</translation>
    </message>
    <message>
        <source>bits per weight in the plan</source>
        <translation>Bits je Gewicht im Plan</translation>
    </message>
    <message>
        <source>blocks</source>
        <translation>Blöcke</translation>
    </message>
    <message>
        <source>also tied, fallback, planned, kept, nan, failed</source>
        <translation>auch tied, fallback, planned, kept, nan, failed</translation>
    </message>
    <message>
        <source>without these</source>
        <translation>ohne diese</translation>
    </message>
</context>
<context>
    <name>bitwright::views::TensorTree</name>
    <message>
        <source>Block %1</source>
        <translation>Block %1</translation>
    </message>
    <message>
        <source>%1
%2, %3 parameters, %4 bytes
%5</source>
        <translation>%1
%2, %3 Parameter, %4 Bytes
%5</translation>
    </message>
    <message>
        <source>planned</source>
        <translation>geplant</translation>
    </message>
    <message>
        <source>kept: %1</source>
        <translation>bleibt: %1</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Bits</translation>
    </message>
    <message>
        <source>%1: %2 parameters, %3 (%4 bytes)</source>
        <translation>%1: %2 Parameter, %3 (%4 Bytes)</translation>
    </message>
    <message>
        <source>
mean bits of the plan: %1</source>
        <translation>
mittlere Bits des Plans: %1</translation>
    </message>
    <message>
        <source>
holds tensors with NaN or Inf</source>
        <translation>
enthält Tensoren mit NaN oder Inf</translation>
    </message>
    <message>
        <source>
holds tensors that could not be measured</source>
        <translation>
enthält Tensoren, die nicht gemessen werden konnten</translation>
    </message>
    <message>
        <source>
locked: the solver keeps its option</source>
        <translation>
gesperrt: der Löser behält die Option</translation>
    </message>
    <message>
        <source>
tied: shares its option with others</source>
        <translation>
gekoppelt: teilt die Option mit anderen</translation>
    </message>
    <message>
        <source>
fallback: %1</source>
        <translation>
Fallback: %1</translation>
    </message>
    <message>
        <source>
%1 NaN, %2 Inf</source>
        <translation>
%1 NaN, %2 Inf</translation>
    </message>
    <message>
        <source>
not measured: %1</source>
        <translation>
nicht gemessen: %1</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>
holds tensors with notes</source>
        <translation>
enthält Tensoren mit Notizen</translation>
    </message>
    <message>
        <source>
note: %1</source>
        <translation>
Notiz: %1</translation>
    </message>
</context>
<context>
    <name>bitwright::views::TreePanel</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Tensors of the model</source>
        <translation>Tensoren des Modells</translation>
    </message>
    <message>
        <source>Filter tensors</source>
        <translation>Tensoren filtern</translation>
    </message>
    <message>
        <source>No model is open</source>
        <translation>Kein Modell geöffnet</translation>
    </message>
    <message>
        <source>Filter &amp;help</source>
        <translation>&amp;Hilfe zum Filter</translation>
    </message>
    <message>
        <source>What the filter understands</source>
        <translation>Was der Filter versteht</translation>
    </message>
    <message>
        <source>Filter help</source>
        <translation>Hilfe zum Filter</translation>
    </message>
    <message>
        <source>%1: %2 parameters, %3</source>
        <translation>%1: %2 Parameter, %3</translation>
    </message>
    <message>
        <source>Sizes are those of the file; bits are the mean of the plan over what it decides.</source>
        <translation>Größen sind die der Datei; Bits sind das Mittel des Plans über das, was er entscheidet.</translation>
    </message>
    <message>
        <source>%1 matches</source>
        <translation>%1 Treffer</translation>
    </message>
    <message>
        <source>%1 tensors</source>
        <translation>%1 Tensoren</translation>
    </message>
    <message>
        <source>%1 selected</source>
        <translation>%1 ausgewählt</translation>
    </message>
    <message>
        <source>Filter: down bits&lt;=4</source>
        <translation>Filter: down bits&lt;=4</translation>
    </message>
    <message>
        <source>; the planned part at %1 bpw</source>
        <translation>; der geplante Teil mit %1 bpw</translation>
    </message>
</context>
<context>
    <name>bitwright::views::UnitMarks</name>
    <message>
        <source>tied: other units have the same option</source>
        <translation>gekoppelt: andere Einheiten haben dieselbe Option</translation>
    </message>
    <message>
        <source>holds NaN or Inf</source>
        <translation>enthält NaN oder Inf</translation>
    </message>
    <message>
        <source>could not be measured</source>
        <translation>konnte nicht gemessen werden</translation>
    </message>
</context>
<context>
    <name>bitwright::views::WeightHistogram</name>
    <message>
        <source>weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>weights per bin</source>
        <translation>je Klasse</translation>
    </message>
    <message>
        <source>%1 weights</source>
        <translation>%1 Gewichte</translation>
    </message>
    <message>
        <source>clipped %1 %</source>
        <translation>abgeschnitten %1 %</translation>
    </message>
    <message>
        <source>%1 NaN or Inf, not drawn</source>
        <translation>%1 NaN oder Inf, nicht gezeichnet</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>nearest level %1: %2 % of the weights</source>
        <translation>nächste Stufe %1: %2 % der Gewichte</translation>
    </message>
    <message>
        <source>%1 of them clipped</source>
        <translation>%1 davon abgeschnitten</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Show every &amp;weight</source>
        <translation>Jedes &amp;Gewicht zeigen</translation>
    </message>
    <message>
        <source>Widens the axis to the smallest and the largest weight, however far they are from the others; a double click on the axis goes back</source>
        <translation>Weitet die Achse bis zum kleinsten und größten Gewicht, wie weit sie auch von den anderen weg sind; ein Doppelklick auf die Achse führt zurück</translation>
    </message>
    <message>
        <source>preview: %1 levels of %2, at its median scale</source>
        <translation>Vorschau: %1 Stufen von %2, bei der Median-Skala</translation>
    </message>
    <message>
        <source>%1 levels of %2, at its median scale</source>
        <translation>%1 Stufen von %2, bei der Median-Skala</translation>
    </message>
    <message>
        <source>preview: %1 levels</source>
        <translation>Vorschau: %1 Stufen</translation>
    </message>
    <message>
        <source>%1 levels</source>
        <translation>%1 Stufen</translation>
    </message>
    <message>
        <source>share of the weights</source>
        <translation>Anteil der Gewichte</translation>
    </message>
    <message numerus="yes">
        <source>%n weight(s) up to %1</source>
        <translation>
            <numerusform>%n Gewicht bis %1</numerusform>
            <numerusform>%n Gewichte bis %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n weight(s) down to %1</source>
        <translation>
            <numerusform>%n Gewicht bis %1</numerusform>
            <numerusform>%n Gewichte bis %1</numerusform>
        </translation>
    </message>
    <message>
        <source>share of weights</source>
        <translation>Gewichtsanteil</translation>
    </message>
    <message>
        <source>share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>%1 beyond, to %2</source>
        <translation>%1 weitere, bis %2</translation>
    </message>
</context>
<context>
    <name>bitwright::views::WeightsPanel</name>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Select a tensor.</source>
        <translation>Einen Tensor auswählen.</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell geöffnet.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Modell öffnen…</translation>
    </message>
    <message>
        <source>This tensor has not been scanned.</source>
        <translation>Dieser Tensor ist nicht gescannt.</translation>
    </message>
    <message>
        <source>Scan the model</source>
        <translation>Modell scannen</translation>
    </message>
    <message>
        <source>Weights of %1</source>
        <translation>Gewichte von %1</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>gemessen</translation>
    </message>
    <message>
        <source>What to show of the weights</source>
        <translation>Was von den Gewichten gezeigt wird</translation>
    </message>
    <message>
        <source>Log counts</source>
        <translation>Anzahl log.</translation>
    </message>
    <message>
        <source>Sorted</source>
        <translation>Sortiert</translation>
    </message>
    <message>
        <source>preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>&amp;Histogram</source>
        <translation>&amp;Histogramm</translation>
    </message>
    <message>
        <source>Counts of the weights with the levels of the option</source>
        <translation>Anzahl der Gewichte mit den Stufen der Option</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>&amp;Bild</translation>
    </message>
    <message>
        <source>Every weight as a pixel; the largest stays visible when many share one</source>
        <translation>Jedes Gewicht als Pixel; teilen sich viele eines, bleibt das größte sichtbar</translation>
    </message>
    <message>
        <source>&amp;Error</source>
        <translation>&amp;Fehler</translation>
    </message>
    <message>
        <source>What rounding to the option changes, weight by weight</source>
        <translation>Was das Runden auf die Option ändert, Gewicht für Gewicht</translation>
    </message>
    <message>
        <source>&amp;Scales</source>
        <translation>&amp;Skalen</translation>
    </message>
    <message>
        <source>The scale of every group of the option</source>
        <translation>Die Skala jeder Gruppe der Option</translation>
    </message>
    <message>
        <source>&amp;Channels</source>
        <translation>&amp;Kanäle</translation>
    </message>
    <message>
        <source>Range and rms of every channel, with the activations that feed it</source>
        <translation>Spanne und rms jedes Kanals, mit den Aktivierungen, die ihn speisen</translation>
    </message>
    <message>
        <source>Option to look at</source>
        <translation>Betrachtete Option</translation>
    </message>
    <message>
        <source>Whose grid is shown. Looking at another option does not edit the plan.</source>
        <translation>Wessen Raster gezeigt wird. Eine andere Option zu betrachten ändert den Plan nicht.</translation>
    </message>
    <message>
        <source>Counts on a logarithmic axis (L over the chart)</source>
        <translation>Anzahl auf logarithmischer Achse (L über dem Diagramm)</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Eingänge</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>Ausgänge</translation>
    </message>
    <message>
        <source>Channels of which side</source>
        <translation>Kanäle welcher Seite</translation>
    </message>
    <message>
        <source>Input channels are columns of the matrix, output channels its rows</source>
        <translation>Eingangskanäle sind Spalten der Matrix, Ausgangskanäle ihre Zeilen</translation>
    </message>
    <message>
        <source>Channels by descending largest magnitude (S over the chart)</source>
        <translation>Kanäle nach fallendem größtem Betrag (S über dem Diagramm)</translation>
    </message>
    <message>
        <source>The plan has another option for this tensor; this one is only looked at.</source>
        <translation>Der Plan hat für diesen Tensor eine andere Option; diese wird nur betrachtet.</translation>
    </message>
    <message>
        <source>as planned</source>
        <translation>wie geplant</translation>
    </message>
    <message>
        <source>preview %1</source>
        <translation>Vorschau %1</translation>
    </message>
    <message>
        <source>The weights of one tensor: their distribution with every level of a number format, the tensor as an image, its rounding error, scales and channels.
%1</source>
        <translation>Die Gewichte eines Tensors: ihre Verteilung mit jeder Stufe eines Zahlenformats, der Tensor als Bild, sein Rundungsfehler, Skalen und Kanäle.
%1</translation>
    </message>
    <message>
        <source>This tensor is no matrix: there is nothing to draw as an image.</source>
        <translation>Dieser Tensor ist keine Matrix: es gibt nichts als Bild zu zeichnen.</translation>
    </message>
    <message>
        <source>Round %1 to %2</source>
        <translation>%1 auf %2 runden</translation>
    </message>
    <message>
        <source>count per bin; levels at the median scale, occupancy over all groups</source>
        <translation>Anzahl je Klasse; Stufen bei der Median-Skala, Belegung über alle Gruppen</translation>
    </message>
    <message>
        <source>Read %1</source>
        <translation>%1 lesen</translation>
    </message>
    <message>
        <source>Reading the weights…</source>
        <translation>Die Gewichte werden gelesen…</translation>
    </message>
    <message>
        <source>one pixel per weight, extreme value where many share one</source>
        <translation>ein Pixel je Gewicht, Extremwert, wo viele sich eines teilen</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>output channel</source>
        <translation>Ausgangskanal</translation>
    </message>
    <message>
        <source>input channel</source>
        <translation>Eingangskanal</translation>
    </message>
    <message>
        <source>%1: the plan keeps this tensor as it is, so there is none.
Choose an option above to look at what it would be.</source>
        <translation>%1: der Plan lässt diesen Tensor, wie er ist, also gibt es nichts.
Oben eine Option wählen, um zu sehen, wie es wäre.</translation>
    </message>
    <message>
        <source>%1: the plan has no option for this tensor.
Choose one above to look at what it would be.</source>
        <translation>%1: der Plan hat keine Option für diesen Tensor.
Oben eine wählen, um zu sehen, wie es wäre.</translation>
    </message>
    <message>
        <source>Rounding to %1…</source>
        <translation>Runden auf %1…</translation>
    </message>
    <message>
        <source>Rounding error</source>
        <translation>Rundungsfehler</translation>
    </message>
    <message>
        <source>Rounding error of %1</source>
        <translation>Rundungsfehler von %1</translation>
    </message>
    <message>
        <source>%1 minus original; extreme value where many share a pixel</source>
        <translation>%1 minus Original; Extremwert, wo viele sich ein Pixel teilen</translation>
    </message>
    <message>
        <source>measured on the weights</source>
        <translation>an den Gewichten gemessen</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>preview: error of %1</source>
        <translation>Vorschau: Fehler von %1</translation>
    </message>
    <message>
        <source>error of %1</source>
        <translation>Fehler von %1</translation>
    </message>
    <message>
        <source>Scales</source>
        <translation>Skalen</translation>
    </message>
    <message>
        <source>Scales of %1</source>
        <translation>Skalen von %1</translation>
    </message>
    <message>
        <source>one pixel per group of %1 inputs, %2</source>
        <translation>ein Pixel je Gruppe von %1 Eingängen, %2</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>scale</translation>
    </message>
    <message>
        <source>preview: scales of %1</source>
        <translation>Vorschau: Skalen von %1</translation>
    </message>
    <message>
        <source>scales of %1</source>
        <translation>Skalen von %1</translation>
    </message>
    <message>
        <source>group of %1 inputs</source>
        <translation>Gruppe von %1 Eingängen</translation>
    </message>
    <message>
        <source>Range of every channel.
This tensor has not been scanned.</source>
        <translation>Spanne jedes Kanals.
Dieser Tensor ist nicht gescannt.</translation>
    </message>
    <message>
        <source>This tensor has no input channels of its own.</source>
        <translation>Dieser Tensor hat keine eigenen Eingangskanäle.</translation>
    </message>
    <message>
        <source>Channels of %1</source>
        <translation>Kanäle von %1</translation>
    </message>
    <message>
        <source>min, max and rms per input channel; largest |x| of the input above</source>
        <translation>min, max und rms je Eingangskanal; darüber das größte |x| des Eingangs</translation>
    </message>
    <message>
        <source>min, max and rms per output channel</source>
        <translation>min, max und rms je Ausgangskanal</translation>
    </message>
    <message>
        <source>%1 dB</source>
        <translation>%1 dB</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>%1 of %2 weights lie beyond the outermost level of their group by more than half a step.
Measured by rounding this matrix with %3.</source>
        <translation>%1 von %2 Gewichten liegen mehr als eine halbe Stufe jenseits der äußersten Stufe ihrer Gruppe.
Gemessen durch Runden dieser Matrix mit %3.</translation>
    </message>
    <message>
        <source>wheel zooms to single weights, a click pins the input channel</source>
        <translation>das Rad vergrößert bis zu einzelnen Gewichten, ein Klick heftet den Eingangskanal an</translation>
    </message>
    <message>
        <source>Read a part of %1</source>
        <translation>Einen Teil von %1 lesen</translation>
    </message>
    <message>
        <source>Weights as an image</source>
        <translation>Gewichte als Bild</translation>
    </message>
    <message>
        <source>Range of every channel</source>
        <translation>Spanne jedes Kanals</translation>
    </message>
    <message>
        <source>Histogram of the weights</source>
        <translation>Histogramm der Gewichte</translation>
    </message>
    <message>
        <source>Select the largest matrix</source>
        <translation>Die größte Matrix auswählen</translation>
    </message>
    <message>
        <source>none clipped in its group</source>
        <translation>keines in seiner Gruppe abgeschnitten</translation>
    </message>
    <message>
        <source>clipped %1 %</source>
        <translation>abgeschnitten %1 %</translation>
    </message>
    <message>
        <source>SQNR %1 · %2 · largest error %3</source>
        <translation>SQNR %1 · %2 · größter Fehler %3</translation>
    </message>
</context>
</TS>
