#pragma once

#include <QObject>
#include <QVector>

#include <optional>

namespace bitwright::views {

/// What is selected, everywhere: every view reads it and writes it. Indices refer to the open document; -1 is
/// nothing.
class Selection : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] int tensor() const
    {
        return m_tensor;
    } ///< The current tensor: what single-tensor views show.
    [[nodiscard]] const QVector<int>& units() const { return m_units; } ///< Selected units, ascending.
    [[nodiscard]] int site() const { return m_site; }
    [[nodiscard]] int channel() const { return m_channel; }

    void setTensor(int tensor);
    void setUnits(const QVector<int>& units);
    void setSite(int site, int channel = -1);
    /// All at once, with one signal: what a click that means several things uses.
    void set(int tensor, const QVector<int>& units, int site, int channel);
    void clear();

Q_SIGNALS:
    void changed();

private:
    int m_tensor = -1;
    QVector<int> m_units;
    int m_site = -1;
    int m_channel = -1;
};

} // namespace bitwright::views
